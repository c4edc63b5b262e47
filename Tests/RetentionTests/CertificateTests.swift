import Foundation
import Privacy
import TestKit
import Testing

@testable import Retention

/// What a certificate proves, and what it does not.
@Suite(.timeLimit(.minutes(2)))
struct CertificateTests {
    @Test func whoElseHadSomethingIsListed() {
        let names = ErasureCertificate.Recipient.all.map(\.name)
        #expect(names == ["X", "Anthropic", "the holder of the object store"])
        #expect(ErasureCertificate.Recipient.all.allSatisfy { !$0.received.isEmpty && !$0.told.isEmpty })
    }

    @Test func aHoldExplainsWhatIsLeftOfItsOwnCategoryOnly() throws {
        let reading = try read(withheld: ["tweets"], tables: ["twitter_data": 5, "ingest_runs": 1], objects: 0)
        #expect(reading.isSignatureGood && reading.unexplained.isEmpty)
        let more = try read(withheld: ["tweets"], tables: ["twitter_data": 5, "analyses": 2], objects: 1)
        #expect(more.unexplained.map(\.table) == ["analyses", "objects"])
        let none = try read(withheld: [], tables: ["twitter_data": 5, "analyses": 0], objects: 0)
        #expect(none.unexplained.map(\.table) == ["twitter_data"])
        let exports = try read(withheld: ["exports"], tables: ["data_exports": 1], objects: 1)
        #expect(exports.unexplained.isEmpty)
    }

    /// The command, offline: no server is named to it.
    @Test(
        arguments: [
            (["tweets"], ["twitter_data": 5], 0 as Int32, "withheld under a legal hold: tweets"),
            (["tweets"], ["twitter_data": 5, "analyses": 2], 1, "analyses: 2 of 9 are left"),
            ([], ["oauth_tokens": 1], 1, "oauth_tokens: 1 of 9 are left"),
            ([], ["oauth_tokens": 0], 0, "9 rows erased by 2026"),
        ] as [([String], [String: Int], Int32, String)])
    func theCommandSaysWhatNoHoldExplains(
        _ withheld: [String], _ tables: [String: Int], _ code: Int32, _ words: String
    ) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: uniqueName("certificate"))
        try Data(certificate(withheld, tables, objects: 0).utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let check = try Program("repazoo", ["audit", "verify", "--certificate", file.path], environment: [:])
        #expect(try await check.ended() == code)
        #expect(check.text().contains(words), "\(check.text())")
    }

    private func read(
        withheld: [String], tables: [String: Int], objects: Int
    ) throws -> ErasureCertificate.Reading {
        try ErasureCertificate.read(Array(certificate(withheld, tables, objects: objects).utf8))
    }

    /// Signed as a true one is, with nine rows of each table at the beginning.
    private func certificate(_ withheld: [String], _ tables: [String: Int], objects: Int) throws -> String {
        func count(_ left: Int) -> Privacy.JSONValue { ["before": 9, "after": .integer(Int64(left))] }
        let statement: Privacy.JSONValue = [
            "kind": "repazoo.erasure-certificate", "version": 1, "certificate": "c",
            "subject": ["hash": "h", "salt": "s"], "completed_at": "2026-11-30T12:00:00Z",
            "tables": .object(tables.keys.sorted(by: >).map { .init($0, count(tables[$0] ?? 0)) }),
            "objects": count(objects), "withheld": .array(withheld.map { .string($0) }),
        ]
        return try ErasureCertificate.signed(statement, id: "c", by: RetentionScope.keys()).text
    }
}
