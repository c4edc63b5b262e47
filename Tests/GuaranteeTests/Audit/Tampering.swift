import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

extension AuditTrailHolds {
    /// What somebody might do who owns the database, each to the chain of a user of its own, with what `verify` must say.
    private struct Deed {
        let user: String
        let statements: [SQL]
        /// `kind` and position.
        let faults: [String]

        init(_ user: String, _ faults: [String], _ statements: SQL...) {
            self.user = user
            self.faults = faults
            self.statements = statements
        }
    }

    private static let deeds = [
        Deed(
            "user-content", ["changed 3"],
            "update audit_log set detail = '{\"number\": 4}' where user_id = 'user-content' and position = 3"),
        Deed(
            "user-outcome", ["changed 2"],
            "update audit_log set outcome = 'refused' where user_id = 'user-outcome' and position = 2"),
        Deed(
            "user-time", ["changed 1"],
            "update audit_log set at = at + interval '1 microsecond' where user_id = 'user-time' and position = 1"),
        Deed(
            "user-person", ["changed 2"],
            "update audit_log set user_id = 'somebody' where user_id = 'user-person' and position = 2"),
        // With all hashes of the entry made anew, as whoever owns the database can.
        Deed(
            "user-rewritten", ["not_as_marked 6", "head_differs 6"],
            """
            update audit_log set detail = '{}', commitment = audit_commitment(salt, user_id, '{}'),
                hash = audit_hash(prev_hash, chain, position, id, at, actor, action, outcome,
                    audit_commitment(salt, user_id, '{}'))
            where user_id = 'user-rewritten' and position = 6
            """),
        Deed(
            "user-relinked", ["unlinked 4"],
            """
            update audit_log set detail = '{}', commitment = audit_commitment(salt, user_id, '{}'),
                hash = audit_hash(prev_hash, chain, position, id, at, actor, action, outcome,
                    audit_commitment(salt, user_id, '{}'))
            where user_id = 'user-relinked' and position = 3
            """),
        Deed(
            "user-removed", ["removed 3"], "delete from audit_log where user_id = 'user-removed' and position in (3, 4)"
        ),
        Deed("user-beheaded", ["removed 1"], "delete from audit_log where user_id = 'user-beheaded' and position = 1"),
        Deed(
            "user-swapped", ["reordered 2", "reordered 3"],
            "update audit_log set position = 100 where user_id = 'user-swapped' and position = 2",
            "update audit_log set position = 2 where user_id = 'user-swapped' and position = 3",
            "update audit_log set position = 3 where user_id = 'user-swapped' and position = 100"),
        Deed("user-cut", ["cut_off 6"], "delete from audit_log where user_id = 'user-cut' and position = 6"),
        // Together with the head: only the checkpoint knows.
        Deed(
            "user-rewound", ["cut_off 5"],
            "delete from audit_log where user_id = 'user-rewound' and position > 4",
            """
            update audit_heads set position = 4, hash = (
                select hash from audit_log where user_id = 'user-rewound' and position = 4)
            where user_id = 'user-rewound'
            """),
        Deed(
            "user-gone", ["cut_off 1"], "delete from audit_log where user_id = 'user-gone'",
            "delete from audit_heads where user_id = 'user-gone'"),
        Deed(
            "user-headless", ["head_differs 6"], "delete from audit_heads where user_id = 'user-headless'"),
        // As if an erasure had done it.
        Deed(
            "user-emptied", ["content_gone 5"],
            "update audit_log set user_id = null, detail = '{}', salt = null where user_id = 'user-emptied' and position = 5"
        ),
    ]

    @Test func everyDeedIsFoundAndNamed() async throws {
        try await House.with(Self.plan, tamper)
    }

    private func tamper(_ house: House) async throws {
        try await house.makeEntries(6, about: Self.deeds.map(\.user) + ["user-honest"])
        #expect(try await house.audit("checkpoint").code == 0)
        let before = try await house.audit("verify", "--json")
        #expect(before.code == 0)
        #expect(try before.json["sound"] as? Bool == true && before.json["signatures_checked"] as? Bool == true)
        #expect(try before.json["entries"] as? Int == (Self.deeds.count + 1) * 6)

        var expected: [String] = []
        for deed in Self.deeds {
            let chain = try await house.chain(of: deed.user)
            try await house.postgres.atomically(deed.statements)
            expected += deed.faults.map { fault in
                fault.replacing(" ", with: " \(chain)/")
            }
        }
        let after = try await house.audit("verify", "--json")
        #expect(after.code == 1)
        #expect(try after.faults == expected.sorted())
        print(
            "audit verify | \(Self.deeds.count) deeds, each found: \(Self.deeds.flatMap(\.faults).joined(separator: ", "))"
        )

        // In words: whom it concerns, masked, and which entry.
        let words = try await house.audit("verify")
        #expect(words.code == 1)
        #expect(words.text.contains("entry 3 to 4: removed from the middle"))
        #expect(words.text.contains("entry 5 to 6: cut off the end; checkpoint 1 saw it"))
        #expect(words.text.contains("entry 2: was written as entry 3"))
        #expect(!words.text.contains("user-cut") && !words.text.contains("canary-content"))

        let honest = try await house.audit("verify", "--user", "user-honest")
        #expect(honest.code == 0 && honest.text.contains("6 entries in 1 chain"))
        let cut = try await house.audit("verify", "--user", "user-cut")
        #expect(cut.code == 1 && cut.text.contains("entry 6: cut off the end"))
    }

    /// Whoever owns the database puts it back to what it was at an older checkpoint: all that is there is true. A copy of a later
    /// one proves that there was more.
    @Test func aCopyKeptElsewhereProvesThatTheEndIsMissing() async throws {
        try await House.with(Self.plan, rollBack)
    }

    private func rollBack(_ house: House) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: uniqueName("copies"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var copies: [String] = []
        for number in 1...3 {
            try await house.makeEntries(2, about: ["user-a\(number)", "user-b"])
            let made = try await house.audit("checkpoint")
            #expect(made.code == 0 && made.text.contains("number: \(number)\n"))
            let path = folder.appending(path: "\(number)").path
            try made.text.write(toFile: path, atomically: true, encoding: .utf8)
            copies.append(path)
        }
        #expect(try await house.audit("checkpoint").text.contains("nothing was audited since"))
        for copy in copies { #expect(try await house.audit("verify", "--checkpoint", copy).code == 0) }

        let chain = try await house.chain(of: "user-b")
        try await house.postgres.atomically([
            "delete from audit_checkpoints where number = 3", "delete from audit_marks where checkpoint = 3",
            "delete from audit_log where user_id = 'user-a3' or (user_id = 'user-b' and position > 4)",
            "delete from audit_heads where user_id = 'user-a3'",
            """
            update audit_heads set position = 4, hash = (select hash from audit_log where chain = \(chain) and position = 4)
            where chain = \(chain)
            """,
        ])
        #expect(try await house.audit("verify").code == 0, "nothing in the database tells")
        #expect(try await house.audit("verify", "--checkpoint", copies[1]).code == 0)
        let found = try await house.audit("verify", "--checkpoint", copies[2])
        #expect(found.code == 1 && found.text.contains("checkpoint 3: is not there any more"))

        // With the key: the past is written anew and signed. The old copy differs.
        try await house.postgres.atomically([
            "delete from audit_checkpoints", "delete from audit_marks",
            "delete from audit_log where user_id = 'user-a1'",
            "delete from audit_heads where user_id = 'user-a1'",
        ])
        #expect(try await house.audit("checkpoint").code == 0)
        #expect(try await house.audit("verify").code == 0)
        let rewritten = try await house.audit("verify", "--checkpoint", copies[0], "--json")
        #expect(rewritten.code == 1)
        #expect(try rewritten.faults == ["checkpoint 1"])
    }

    /// Without the key nobody can make a checkpoint, or change what one covers.
    @Test func aForgedCheckpointIsFound() async throws {
        try await House.with(Self.plan, forge)
    }

    private func forge(_ house: House) async throws {
        for number in 1...4 {
            try await house.makeEntries(1, about: ["user-\(number)", "user-x"])
            #expect(try await house.audit("checkpoint").code == 0)
        }
        let key = try await house.audit("key")
        #expect(key.code == 0)
        let publicKey = String(key.text.split(separator: "\n").last ?? "")

        // The public half is enough to check; without any key it is told that nothing was checked.
        let checked = try house.start(
            "repazoo", ["audit", "verify"], ["AUDIT_SIGNING_KEY": "", "AUDIT_PUBLIC_KEY": publicKey])
        #expect(try await checked.ended() == 0)
        #expect(checked.text().contains("their signatures were checked"))
        let unchecked = try house.start("repazoo", ["audit", "verify"], ["AUDIT_SIGNING_KEY": ""])
        #expect(try await unchecked.ended() == 0)
        #expect(unchecked.text().contains("were not checked"))

        try await house.postgres.atomically([
            // A sum that was changed breaks the signature and the next one's link, …
            "update audit_checkpoints set statement = replace(statement, 'entries: 2', 'entries: 1') where number = 1",
            // … a head that was changed breaks the sum.
            "update audit_marks set position = position + 1 where checkpoint = 3 and chain = \(try await house.chain(of: "user-3"))",
        ])
        let found = try await house.audit("verify", "--json")
        #expect(found.code == 1)
        let faults = try found.faults.filter { $0.hasPrefix("checkpoint") }
        #expect(faults == ["checkpoint 1", "checkpoint 2", "checkpoint 3"])

        // Nothing is built on what somebody else has signed.
        let other = Data((0..<32).map { UInt8(100 + $0) }).base64EncodedString()
        try await house.makeEntries(1, about: ["user-x"])
        let stranger = try house.start("repazoo", ["audit", "checkpoint"], ["AUDIT_SIGNING_KEY": other])
        #expect(try await stranger.ended() == 1)
        #expect(stranger.text().contains("is signed by no key of AUDIT_SIGNING_KEY"))
        // A list rotates: the first signs, all verify.
        let both = try house.start(
            "repazoo", ["audit", "checkpoint"],
            ["AUDIT_SIGNING_KEY": "\(other),\(house.environment["AUDIT_SIGNING_KEY"] ?? "")"])
        #expect(try await both.ended() == 0)
    }
}
