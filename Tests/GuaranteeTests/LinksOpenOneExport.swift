import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// Guarantee 10: no link opens another user's export, and one that has ended opens nothing; whoever tries is told nothing.
@Suite(.timeLimit(.minutes(4)))
struct LinksOpenOneExport {
    @Test func aLinkOpensItsOwnExportAndNothingElse() async throws {
        var plan = House.Plan()
        plan.consumers = ["repazoo-export"]
        plan.hasSandbox = false
        try await House.with(plan, links)
    }

    private func links(_ house: House) async throws {
        try await house.addUsers(3)
        for number in 1...3 {
            try await house.postgres.query(
                """
                insert into twitter_data (user_id, tweet_id, text, retain_until)
                select \("user-\(number)"), n::text, \("canary of \(number)") || repeat(md5(n::text), 8), now() from generate_series(1, 2000) n
                """)
        }
        let (_, console) = try await house.startConsole()
        var exports: [(ready: [String: JSONValue], link: String)] = []
        for number in 1...3 {
            let asked = try await house.publish(ExportRequest(userID: try #require(UserID("user-\(number)"))))
            let ready = try await house.exportReady(asked)
            exports.append((ready, house.local(ready["link"], console)))
        }
        try await ownContents(house, exports.map(\.link))
        try await ranges(house, exports[0].link, size: exports[0].ready["bytes"])
        try await wrongLinks(house, exports.map(\.link))
        try await ended(house, exports, console)
        #expect(try await house.number("select count(*) from audit_faults('-infinity')") == 0)
    }

    private func ownContents(_ house: House, _ links: [String]) async throws {
        for (index, link) in links.enumerated() {
            let answer = try await house.get(link)
            #expect(answer.status == 200)
            let file = FileManager.default.temporaryDirectory.appending(path: uniqueName("own") + ".zip")
            try Data(answer.body).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let script =
                "import sys,zipfile; sys.stdout.write(zipfile.ZipFile(sys.argv[1]).read('export.json').decode())"
            let text = try await SystemTool.run("/usr/bin/python3", ["-c", script, file.path]).text
            for number in 1...3 {
                #expect(
                    text.contains("canary of \(number)") == (number == index + 1),
                    "user \(number) in export \(index + 1)")
                #expect(text.contains("user-\(number)\"") == (number == index + 1))
            }
        }
    }

    private func ranges(_ house: House, _ link: String, size: JSONValue?) async throws {
        guard case .integer(let size) = size else { return }
        #expect(size > 200_000)
        let whole = try await house.get(link)
        let downloads = try await house.number("select downloads from data_exports where user_id = 'user-1'")
        var pieces: [UInt8] = []
        for start in stride(from: 0, to: size, by: 70_001) {
            let part = try await house.get(link, ["Range": "bytes=\(start)-\(start + 70_000)"])
            #expect(part.status == 206)
            #expect(part.headers["content-range"] == "bytes \(start)-\(min(size, start + 70_001) - 1)/\(size)")
            pieces += part.body
        }
        #expect(pieces == whole.body)
        let counted = try await house.number("select downloads from data_exports where user_id = 'user-1'")
        #expect(counted == downloads + 1, "a download in pieces is one")
        let beyond = try await house.get(link, ["Range": "bytes=\(size)-"])
        #expect(beyond.status == 416 && beyond.headers["content-range"] == "bytes */\(size)")
        let stale = try await house.get(link, ["Range": "bytes=5-9", "If-Range": "\"other\""])
        #expect(stale.status == 200)
        let head = try await house.http.send(HTTPRequest(.head, link))
        #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == String(size))
    }

    private func wrongLinks(_ house: House, _ links: [String]) async throws {
        let id = try #require(links[0].firstMatch(of: /exports\/([^?]+)/)?.output.1)
        let other = try #require(links[1].firstMatch(of: /exports\/([^?]+)/)?.output.1)
        let before = try await house.number("select count(*) from audit_log")
        for wrong in [
            links[0].replacing(id, with: other), links[1].replacing(other, with: id),
            links[0].replacing("expires=1", with: "expires=2"),
            String(links[0].dropLast()) + (links[0].hasSuffix("A") ? "B" : "A"),
            links[0].replacing(/signature=.*/, with: "signature="), links[0].replacing(/\?.*/, with: ""),
            links[0].replacing(id, with: "none"), links[0].replacing(id, with: "%00"),
            links[0].replacing(id, with: "..%2f..%2fx"),
        ] {
            let answer = try await house.get(wrong)
            #expect(answer.status == 403 || answer.status == 404 || answer.status == 400, "\(wrong)")
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(!text.contains("canary") && !text.contains("user-") && answer.body.count < 4000)
        }
        #expect(try await house.number("select count(*) from audit_log") == before, "a forged link writes nothing")
        var last = 0
        for _ in 0..<130 { last = try await house.get(links[0].replacing(id, with: other)).status }
        #expect(last == 429)
        let good = try await house.get(links[2])
        #expect(good.status == 200, "whoever has a link is let in all the same")
    }

    /// Expired by its own time, by the row's, and erased.
    private func ended(
        _ house: House, _ exports: [(ready: [String: JSONValue], link: String)], _ console: String
    ) async throws {
        try await house.postgres.query("update data_exports set expires_at = now() where user_id = 'user-1'")
        try await house.postgres.query("update users set erased_at = now() where id = 'user-2'")
        try await house.postgres.query("delete from data_exports where user_id = 'user-3'")
        var texts: Set<String> = []
        for export in exports {
            let answer = try await house.get(export.link)
            #expect(answer.status == 410)
            texts.insert(String(decoding: answer.body, as: UTF8.self))
        }
        #expect(texts.count == 1, "the three differ in nothing")
        let refused = try await house.number(
            "select count(*) from audit_log where action = 'export.download' and outcome = 'refused'")
        #expect(refused == 2, "noted where the export is still known")
        // A refused request: nothing of an erased user is made again.
        let asked = try await house.publish(ExportRequest(userID: try #require(UserID("user-2"))))
        #expect(try await house.outcome(of: asked, at: .export) == "refused")
        try await tooOften(house, exports[1].link, other: exports[0].link)
    }

    /// A true link in a loop: it has to wait, and nobody else has.
    private func tooOften(_ house: House, _ link: String, other: String) async throws {
        var answer = try await house.get(link)
        for _ in 0..<130 where answer.status != 429 { answer = try await house.get(link) }
        #expect(answer.status == 429)
        #expect(answer.headers["retry-after"].flatMap { Int($0) }.map { (1...60).contains($0) } == true)
        #expect(try await house.get(other).status == 410)
    }
}
