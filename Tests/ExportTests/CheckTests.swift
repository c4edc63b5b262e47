import Foundation
import ObjectStore
import TestKit
import Testing

@testable import Export

/// `repazoo exports verify`: a good export is good, for another validator too, and none that was changed is.
@Suite(.timeLimit(.minutes(2)))
struct CheckTests {
    @Test func aGoodExportIsGoodAndAChangedOneIsNot() async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-one")
            try await scope.postgres.query(
                """
                insert into twitter_data (user_id, tweet_id, text, retain_until)
                select 'user-one', n::text, 'number ' || n, now() from generate_series(1, 50) n
                """)
            let row = try await scope.claimed("user-one")
            let (result, seal) = try await scope.make(row, "user-one")
            let document = try await scope.document(row, seal)
            let good = try await check(document)
            #expect(good.problems == [] && good.exportID == row.id.rawValue)
            #expect(good.counts.first { $0.name == "tweets" }?.count == 50)
            try await otherValidator(document)

            let archive = try await scope.document(row, seal, "export.zip")
            let zip = try await check(archive)
            #expect(zip.problems == [] && zip.isArchive)
            #expect(
                archive[4] == 45, "4.5 is needed to read it: ready for more than 4 GiB, whose end cannot be foreseen")
            #expect(zip.sha256 == result.package.sha256 && zip.bytes == result.package.bytes)
            try await unzips(archive, document)
            var broken = archive
            broken[broken.count / 3] ^= 0x40
            let damaged = try await check(broken)
            #expect(!damaged.problems.isEmpty)
            try await changes(document)
        }
    }

    private func changes(_ document: [UInt8]) async throws {
        let lines = String(decoding: document, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let tweet = try #require(lines.firstIndex { $0.contains("number 17\"") })
        func problems(_ change: (inout [Substring]) -> Void) async throws -> [String] {
            var changed = lines
            change(&changed)
            return try await check(Array(changed.joined(separator: "\n").utf8)).problems
        }
        let text = try await problems { $0[tweet] = Substring($0[tweet].replacing("number 17", with: "number 71")) }
        #expect(text == ["the digest is another: the document is not as it was made"])
        let gone = try await problems { $0.remove(at: tweet) }
        #expect(gone.contains("tweets has 49 records, the manifest says 50"))
        let member = try await problems {
            $0[tweet] = Substring($0[tweet].replacing("{\"id\"", with: "{\"x\":1,\"id\""))
        }
        #expect(member.contains { $0.contains("a member that the schema does not know") })
        let kind = try await problems { $0[tweet] = Substring($0[tweet].replacing("\"number 17\"", with: "17")) }
        #expect(kind.contains { $0.contains(".text is not string") })
        let time = try await problems { $0[tweet] = Substring($0[tweet].replacing("+00:00", with: "+02:00")) }
        #expect(time.contains { $0.contains("is not a time in UTC") })
        let comma = try await problems { $0[tweet] = $0[tweet].dropLast() }
        #expect(comma.contains { $0.contains("a comma is missing") })
        for length in [0, 1, 40, document.count / 2, document.count - 2] {
            let cut = try await check(Array(document.prefix(length))).problems
            #expect(!cut.isEmpty, "cut at \(length)")
        }
        let more = try await check(document + Array("{}\n".utf8)).problems
        #expect(!more.isEmpty)
    }

    /// Bytes from anywhere end in a clear no, never in a crash.
    @Test func anythingElseIsNoExport() async throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            var bytes = Array("{\"manifest\":{\"categories\":[]},\n\"profile\":[\n{}\n],\n".utf8)
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let problems = try await check(bytes).problems
            #expect(!problems.isEmpty)
        }
    }

    @Test func thePublishedSchemaIsThatOfTheCatalogue() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "topology/schemas/export.json")
        #expect(
            try String(contentsOf: path, encoding: .utf8) == ExportSchema.text,
            "run: repazoo exports schema > topology/schemas/export.json")
    }

    private func check(_ bytes: [UInt8]) async throws -> ExportFile.Finding {
        let file = FileManager.default.temporaryDirectory.appending(path: uniqueName("check"))
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await ExportFile.check(path: file.path)
    }

    private func otherValidator(_ document: [UInt8]) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: uniqueName("document"))
        try Data(document).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let schema = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "topology/schemas/export.json").path
        let script =
            "import json,sys,jsonschema; jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))"
        let end = try await SystemTool.run("/usr/bin/python3", ["-c", script, schema, file.path])
        #expect(end.code == 0, "\(end.text)")
    }

    /// Another implementation of ZIP reads ours.
    private func unzips(_ archive: [UInt8], _ document: [UInt8]) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: uniqueName("zip") + ".zip")
        try Data(archive).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let script = """
            import sys, zipfile, hashlib
            z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
            assert z.namelist() == ['export.json', 'index.html'], z.namelist()
            assert len(z.read('export.json')) == int(sys.argv[2])
            """
        let end = try await SystemTool.run("/usr/bin/python3", ["-c", script, file.path, "\(document.count)"])
        #expect(end.code == 0, "\(end.text)")
    }
}
