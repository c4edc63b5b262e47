import Contracts
import ErasureLedger
import Foundation
import ObjectStore
import Postgres
import Redis
import TestKit
import Testing

@testable import Retention

/// The erasure of one user, everywhere.
@Suite(.timeLimit(.minutes(3)))
struct ErasureTests {
    private let now = Date.day

    @Test func everythingOfOneUserGoesAndNothingOfAnother() async throws {
        try await RetentionScope.with { scope in
            let (user, other) = (try unwrap("user-gone"), "user-gone-2")
            try await furnish(user.rawValue, scope)
            try await furnish(other, scope)
            let kept = try await rows(of: other, scope)
            let message = MessageID.random()
            let account = try #require(
                try await scope.office.erasure.run(user, message: message, requestedAt: now - 60, at: now))

            #expect(try await rows(of: user.rawValue, scope).filter { $0.value > 0 } == [:])
            #expect(try await rows(of: other, scope) == kept)
            #expect(account.before["twitter_data"] == 5 && account.before["oauth_tokens"] == 1)
            #expect(account.before["receipts"] == nil || account.after["receipts"] == 0)
            #expect(account.after.allSatisfy { $0.value == 0 }, "\(account.after)")
            #expect(account.redisKeys == 2)
            #expect(account.trail?.position == 2)
            let tombstone = try await scope.postgres.query("select * from users where id = \(user.rawValue)")[0]
            #expect(try tombstone.decode(Date?.self, "erased_at") == now)
            for column in ["handle", "display_name", "email"] {
                #expect(try tombstone.decode(String?.self, column) == nil)
            }
            #expect(
                try await scope.store.get(#require(ObjectKey("exports/\(Self.export(of: user.rawValue))/1/data")))
                    == nil)
            #expect(try await scope.store.get(#require(ObjectKey("exports/\(Self.export(of: other))/1/data"))) != nil)
            #expect(try await scope.redis.send(RedisCommand("EXISTS", "test:{x}:user:user-gone-2")).integer() == 1)
            #expect(try await scope.number("select count(*) from audit_log where user_id = \(user.rawValue)") == 0)
            #expect(try await scope.number("select count(*) from audit_faults('-infinity')") == 0, "the chains verify")
            #expect(try await scope.number("select count(*) from receipts where message_id = 'm-user-gone'") == 0)
            #expect(try await scope.number("select count(*) from receipts where message_id = 'm-user-gone-2'") == 1)
            _ = try await scope.redis.send(RedisCommand("DEL", "test:{x}:user:user-gone-2"))
        }
    }

    /// What the erasure itself does not know of is found: a new table with a user's rows.
    @Test func aTableThatNobodyThoughtOfIsErasedToo() async throws {
        try await RetentionScope.with { scope in
            let user = try unwrap("user-1")
            try await scope.addUser("user-1", at: now)
            try await scope.postgres.query("create table surprise (user_id text not null, note text)")
            try await scope.postgres.query("insert into surprise values ('user-1', 'canary'), ('user-2', 'stays')")
            _ = try await scope.office.erasure.run(user, message: .random(), requestedAt: now, at: now)
            #expect(try await scope.number("select count(*) from surprise where user_id = 'user-1'") == 0)
            #expect(try await scope.number("select count(*) from surprise") == 1)
        }
    }

    @Test func anUnknownUserIsNobody() async throws {
        try await RetentionScope.with { scope in
            let account = try await scope.office.erasure.run(
                unwrap("nobody"), message: .random(), requestedAt: now, at: now)
            #expect(account == nil)
            #expect(try await scope.number("select count(*) from erasure_ledger") == 0)
        }
    }

    @Test func asOftenAsYouLikeIsTheSameAsOnce() async throws {
        try await RetentionScope.with { scope in
            let (user, message) = (try unwrap("user-1"), MessageID.random())
            try await furnish("user-1", scope)
            let first = try await scope.office.erasure.run(user, message: message, requestedAt: now, at: now)
            let second = try await scope.office.erasure.run(user, message: message, requestedAt: now, at: now + 9)
            #expect(first?.before == second?.before, "the first attempt has counted")
            #expect(first?.trail == second?.trail)
            #expect(second?.startedAt == now)
            #expect(try await scope.number("select count(*) from erasure_ledger") == 1)
            let again = try await scope.office.erasure.run(user, message: .random(), requestedAt: now, at: now + 9)
            #expect(again?.before.filter { $0.value > 0 } == [:], "another request finds nothing")
            #expect(
                try await scope.number("select count(*) from users where id = 'user-1' and erased_at = \(now)") == 1)
        }
    }

    /// Each step is committed by itself and nothing is kept in memory, so that an error behind it is what a death there would be.
    @Test(arguments: Erasure.Step.allCases)
    func aDeathBehindAnyStepLeadsToTheSameEnd(_ step: Erasure.Step) async throws {
        try await RetentionScope.with { scope in
            let (user, message) = (try unwrap("user-1"), MessageID.random())
            try await furnish("user-1", scope)
            var doomed = try scope.office.erasure
            doomed.reached = { if $0 == step { throw CancellationError() } }
            await #expect(throws: CancellationError.self) {
                try await doomed.run(user, message: message, requestedAt: now, at: now)
            }
            let account = try #require(
                try await scope.office.erasure.run(user, message: message, requestedAt: now, at: now + 5))
            #expect(
                account.before["twitter_data"] == 5 && account.before["objects"] == 1, "what there was at the beginning"
            )
            #expect(account.startedAt == now && account.trail?.position == 2)
            #expect(account.after.allSatisfy { $0.value == 0 }, "\(account.after)")
            #expect(
                try await scope.store.get(#require(ObjectKey("exports/\(Self.export(of: "user-1"))/1/data"))) == nil)
            #expect(try await scope.number("select count(*) from erasure_ledger where copied_at is not null") == 1)
            #expect(try await scope.number("select count(*) from audit_log where user_id = 'user-1'") == 0)
            #expect(try await scope.number("select count(*) from audit_faults('-infinity')") == 0)
        }
    }

    @Test func aHeldCategoryIsKeptOutOfUseAndTheRestGoes() async throws {
        try await RetentionScope.with { scope in
            let user = try unwrap("user-1")
            try await furnish("user-1", scope)
            try await scope.postgres.query(
                """
                insert into legal_holds (user_id, category, owner, reason, set_at, expires_at)
                values ('user-1', 'tweets', 'counsel', 'case', \(now - 1), \(now + 60))
                """)
            let account = try #require(
                try await scope.office.erasure.run(user, message: .random(), requestedAt: now, at: now))
            #expect(account.withheld == [.tweets])
            #expect(account.after["twitter_data"] == 5 && account.after["analyses"] == 0)
            #expect(
                try await scope.number("select count(*) from twitter_data where deleted_at is null") == 0)
            #expect(
                try await scope.number("select count(*) from users where erased_at is not null and email is null") == 1)
        }
    }

    // MARK: Certificate

    @Test func theCertificateIsSignedAndTellsAChange() async throws {
        try await RetentionScope.with { scope in
            let (user, message) = (try unwrap("user-1"), MessageID.random())
            try await furnish("user-1", scope)
            let account = try #require(
                try await scope.office.erasure.run(user, message: message, requestedAt: now, at: now))
            let office = ErasureOffice(
                postgres: scope.postgres, store: scope.store, keys: try RetentionScope.keys(),
                actor: "repazoo-retention")
            let text = try await office.close(account, of: user, message: message, at: now).certificate.text
            #expect(!text.contains("user-1") && !text.contains("canary"))
            let reading = try ErasureCertificate.read(Array(text.utf8))
            #expect(reading.isSignatureGood && reading.isAbout("user-1") && !reading.isAbout("user-2"))
            #expect(try [reading.publicKey] == RetentionScope.keys().publicKeys.texts)
            #expect(reading.left.contains { $0 == (table: "twitter_data", before: 5, after: 0) })
            #expect(
                try await scope.store.get(#require(ObjectKey("certificates/\(reading.id).json"))) == Array(text.utf8))
            for (from, to) in [
                (#""before":5"#, #""before":6"#), (#""withheld":[]"#, #""withheld":["tweets"]"#),
                (#""version":1"#, #""version":2"#),
            ] {
                #expect(text.contains(from))
                let changed = text.replacing(from, with: to)
                #expect(try !ErasureCertificate.read(Array(changed.utf8)).isSignatureGood, "\(from)")
            }
            for broken in ["", "{}", "[]", String(text.dropLast()), "\u{0}"] {
                #expect(throws: ErasureCertificate.Unreadable.self) { try ErasureCertificate.read(Array(broken.utf8)) }
            }
        }
    }

    // MARK: Ledger and restore

    @Test func aRestoredDatabaseIsRefusedAndErasedAnew() async throws {
        try await RetentionScope.with { scope in
            let gate = RestoreGate(try scope.office.ledger)
            for user in ["user-1", "user-2", "user-3"] { try await furnish(user, scope) }
            _ = try await scope.office.erasure.run(unwrap("user-1"), message: .random(), requestedAt: now, at: now)
            try await gate.check()
            // "Backup", two erasures, "restore": what the ledger knew of them is lost with the rows that come back.
            for user in ["user-2", "user-3"] {
                _ = try await scope.office.erasure.run(unwrap(user), message: .random(), requestedAt: now, at: now)
            }
            try await gate.check()
            try await scope.postgres.atomically([
                "delete from erasure_ledger where position > 1", "delete from erasures",
                "update users set erased_at = null where id = 'user-2'", "delete from users where id = 'user-3'",
            ])
            try await scope.addTweets(3, of: "user-2", retainUntil: now)
            await #expect(throws: LedgerIsOlder.self) { try await gate.check() }

            let replay = ErasureReplay(postgres: scope.postgres, store: scope.store, actor: "repazoo") { _ in }
            #expect(try await replay.run(at: now) == ErasureReplay.Report(entries: 2, users: 1))
            #expect(try await rows(of: "user-2", scope).filter { $0.value > 0 } == [:])
            #expect(
                try await scope.number("select count(*) from users where id = 'user-2' and erased_at is not null") == 1)
            try await gate.check()
            #expect(try await replay.run(at: now) == ErasureReplay.Report(entries: 0, users: 0))
            // The next erasure goes on behind.
            try await furnish("user-4", scope)
            _ = try await scope.office.erasure.run(unwrap("user-4"), message: .random(), requestedAt: now, at: now)
            #expect(try await scope.number("select max(position) from erasure_ledger") == 4)
        }
    }

    @Test func aMessageThatDiesAfterItsUserWasErasedLeavesNoTrace() async throws {
        try await RetentionScope.with { scope in
            try await furnish("user-1", scope)
            _ = try await scope.office.erasure.run(unwrap("user-1"), message: .random(), requestedAt: now, at: now)
            try await scope.postgres.query(
                """
                insert into dead_letters (queue, message_id, reason, body, user_id) values
                ('repazoo.ingest', 'late', 'unknown', '{"user_id":"user-1"}', 'user-1')
                """)
            #expect(
                try await scope.number(
                    "select count(*) from dead_letters where user_id is null and body is null and not replayable") == 1)
        }
    }

    @Test func aKeyNamesAUserByTheWholeId() throws {
        let user = try unwrap("user-1")
        for (key, expected) in [
            ("a:user-1", true), ("a:{user-1}:b", true), ("user-1", true), ("a:user-12", false), ("a:xuser-1", false),
            ("user-12:user-1", true), ("", false),
        ] {
            #expect(RedisTraces.names(user, Array(key.utf8)) == expected, "\(key)")
        }
        #expect(RedisTraces.escaped("a*b[c]?") == #"a\*b\[c\]\?"#)
    }

    // MARK: Furniture

    private func unwrap(_ id: String) throws -> UserID { try #require(UserID(id)) }

    private static func export(of user: String) -> String {
        MessageID("00000000-0000-4000-8000-000000000001").map { MessageID.derived(from: $0, name: user).rawValue } ?? ""
    }

    /// A row wherever there can be one.
    private func furnish(_ user: String, _ scope: RetentionScope) async throws {
        try await scope.addUser(user, at: now)
        try await scope.addTweets(5, of: user, retainUntil: now)
        try await scope.addAnalysis(of: user, createdAt: now, retainUntil: now)
        let export = Self.export(of: user)
        try await scope.store.put(#require(ObjectKey("exports/\(export)/1/data")), [1, 2, 3])
        try await scope.postgres.atomically([
            "insert into usage (user_id, period, used, quota) values (\(user), '2026-11', 1, 3)",
            "insert into ingest_runs (user_id, next_token, pages, tweets, left_out) values (\(user), 'x', 1, 1, 0)",
            "insert into analyzed_tweets select \(user), '1', 'sentiment', id from analyses where user_id = \(user)",
            "insert into data_exports (id, user_id, status, object_key) values (\(export), \(user), 'ready', \("exports/" + export))",
            "insert into dead_letters (queue, message_id, reason, body, user_id) values ('q', \(user), 'unknown', 'canary', \(user))",
            "insert into alerts (rule, severity, fingerprint, subject) values ('r', 'warning', \(user), \(user))",
            "insert into receipts (consumer, message_id, outcome) values ('ingest', \("m-" + user), 'done')",
            "select audit_append('repazoo-ingest', \(user), 'ingest', 'done', jsonb_build_object('message_id', \("m-" + user)::text))",
        ])
        for key in ["test:{x}:user:\(user)", "lease:{\(user)}"] {
            _ = try await scope.redis.send(RedisCommand("SET", RedisArgument(key), "1", "EX", 300))
        }
    }

    private func rows(of user: String, _ scope: RetentionScope) async throws -> [String: Int] {
        let tables = try await UserTables.read(scope.postgres)
        guard let user = UserID(user) else { return [:] }
        return try await scope.postgres.transaction { try await tables.counts(of: user, in: $0) }
    }
}
