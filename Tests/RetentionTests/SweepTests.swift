import Contracts
import Foundation
import Postgres
import TestKit
import Testing

@testable import Retention

/// The policy lane against a real database.
@Suite(.timeLimit(.minutes(3)))
struct SweepTests {
    static let slot = Date.day

    static func rule(
        _ table: RetainedTable, _ condition: RetentionRule.Condition, days: Int, _ action: RetentionRule.Action
    ) -> RetentionPolicy {
        RetentionPolicy(
            hardDeleteAfter: .seconds(30 * 86400),
            rules: [
                RetentionRule(
                    name: "rule", table: table, condition: condition, age: .seconds(days * 86400), action: action,
                    lawfulBasis: "test")
            ])
    }

    // MARK: Both edges of every age, to the second

    @Test func analysesOfInactiveUsersGoAtNinetyDays() async throws {
        try await RetentionScope.with { scope in
            let edge = Self.slot.days(-90)
            for (user, seen, made) in [
                ("due", edge, edge), ("seen-late", edge + 1, edge), ("made-late", edge, edge + 1),
                ("older", edge - 1, edge - 1),
            ] {
                try await scope.addUser(user, at: seen)
                try await scope.addAnalysis(of: user, createdAt: made, retainUntil: Self.slot.days(100))
            }
            try await scope.sweep(Self.rule(.analyses, .userInactive, days: 90, .softDelete), at: Self.slot)
            #expect(try await deleted("analyses", scope) == ["due", "older"])
        }
    }

    @Test func rawTweetsGoWhenTheirTimeIsOver() async throws {
        try await RetentionScope.with { scope in
            for (user, until) in [("due", Self.slot), ("not-yet", Self.slot + 1)] {
                try await scope.addUser(user, at: Self.slot)
                try await scope.addTweets(3, of: user, retainUntil: until)
            }
            try await scope.sweep(Self.rule(.tweets, .retainUntil, days: 0, .softDelete), at: Self.slot)
            #expect(try await deleted("twitter_data", scope) == ["due"])
            #expect(
                try await scope.number("select count(*) from twitter_data where deleted_at = \(Self.slot)") == 3)
        }
    }

    @Test func dataOfRevokedConsentGoesAndConsentGivenAnewKeepsIt() async throws {
        try await RetentionScope.with { scope in
            let cases: [(user: String, revokedAt: Date)] = [
                ("due", Self.slot), ("not-yet", Self.slot + 1), ("anew", Self.slot.days(-5)),
            ]
            for (user, revokedAt) in cases {
                try await scope.addUser(user, at: Self.slot.days(-10))
                try await scope.addTweets(2, of: user, retainUntil: Self.slot.days(50))
                try await scope.postgres.query(
                    "update oauth_tokens set revoked_at = \(revokedAt) where user_id = \(user)")
            }
            try await scope.postgres.query(
                """
                insert into oauth_tokens (user_id, access_token, consented_at) values ('anew', 'canary', \(Self.slot.days(-4)))
                """)
            for (user, _) in cases {
                try await scope.postgres.query(
                    "insert into analysis_parts (user_id, kind, version, body) values (\(user), 'sentiment', '1', '{}')"
                )
            }
            try await scope.sweep(Self.rule(.tweets, .consentRevoked, days: 0, .softDelete), at: Self.slot)
            #expect(try await deleted("twitter_data", scope) == ["due"])
            // Answers that wait for the rest of their analysis go too: it will not come.
            try await scope.sweep(Self.rule(.parts, .consentRevoked, days: 0, .delete), at: Self.slot)
            let left = try await scope.postgres.query("select user_id from analysis_parts order by user_id")
            #expect(try left.map { try $0.decode(String.self, at: 0) } == ["anew", "not-yet"])
        }
    }

    @Test func revokedTokensAreScrubbedAtThirtyDaysOnce() async throws {
        try await RetentionScope.with { scope in
            for (user, revokedAt) in [("due", Self.slot.days(-30)), ("not-yet", Self.slot.days(-30) + 1)] {
                try await scope.addUser(user, at: Self.slot.days(-40))
                try await scope.postgres.query(
                    "update oauth_tokens set revoked_at = \(revokedAt) where user_id = \(user)")
            }
            let policy = Self.rule(.tokens, .consentRevoked, days: 30, .scrub)
            #expect(try await scope.sweep(policy, at: Self.slot)["oauth_tokens.rule"] == 1)
            let left = try await scope.postgres.query(
                "select user_id from oauth_tokens where access_token <> '' or refresh_token is not null")
            #expect(try left.map { try $0.decode(String.self, at: 0) } == ["not-yet"])
            #expect(try await scope.sweep(policy, at: Self.slot)["oauth_tokens.rule"] == 0)
        }
    }

    @Test func dataOfCancelledSubscriptionsGoesAtThirtyDays() async throws {
        try await RetentionScope.with { scope in
            let edge = Self.slot.days(-30)
            for (user, cancelledAt) in [("due", edge), ("not-yet", edge + 1), ("again", edge)] {
                try await scope.addUser(user, at: Self.slot)
                try await scope.addTweets(2, of: user, retainUntil: Self.slot.days(50))
                try await scope.postgres.query(
                    "update subscriptions set status = 'cancelled', cancelled_at = \(cancelledAt) where user_id = \(user)"
                )
            }
            try await scope.postgres.query(
                "insert into subscriptions (user_id, tier, status) values ('again', 'basic', 'past_due')")
            try await scope.sweep(Self.rule(.tweets, .subscriptionCancelled, days: 30, .softDelete), at: Self.slot)
            #expect(try await deleted("twitter_data", scope) == ["due"])
        }
    }

    @Test func receiptsAndDeadLettersGoPastTheirUse() async throws {
        try await RetentionScope.with { scope in
            let edge = Self.slot.days(-30)
            for (name, time) in [("due", edge), ("not-yet", edge + 1)] {
                try await scope.postgres.atomically([
                    "insert into receipts (consumer, message_id, outcome, completed_at) values ('ingest', \(name), 'done', \(time))",
                    """
                    insert into dead_letters (id, queue, reason, died_at, status, settled_at)
                    values (\(name), 'repazoo.ingest', 'unknown', \(edge.days(-300)), 'discarded', \(time))
                    """,
                ])
            }
            try await scope.sweep(Self.rule(.receipts, .finished, days: 30, .delete), at: Self.slot)
            try await scope.sweep(Self.rule(.deadLetters, .finished, days: 30, .delete), at: Self.slot)
            #expect(try await scope.number("select count(*) from receipts where message_id = 'not-yet'") == 1)
            #expect(try await scope.number("select count(*) from receipts") == 1)
            #expect(try await scope.number("select count(*) from dead_letters where id = 'not-yet'") == 1)
            #expect(try await scope.number("select count(*) from dead_letters") == 1)
        }
    }

    @Test func softDeletedRowsAreRemovedThirtyDaysLater() async throws {
        try await RetentionScope.with { scope in
            let edge = Self.slot.days(-30)
            for (user, deletedAt) in [("due", edge), ("not-yet", edge + 1)] {
                try await scope.addUser(user, at: Self.slot)
                try await scope.addTweets(4, of: user, retainUntil: edge, deletedAt: deletedAt)
                try await scope.addAnalysis(of: user, createdAt: edge, retainUntil: edge, deletedAt: deletedAt)
            }
            let policy = RetentionPolicy(hardDeleteAfter: .seconds(30 * 86400), rules: [])
            let done = try await scope.sweep(policy, at: Self.slot)
            #expect(done == ["twitter_data.hard-delete": 4, "analyses.hard-delete": 1])
            #expect(try await scope.number("select count(*) from twitter_data where user_id = 'due'") == 0)
            #expect(try await scope.number("select count(*) from analyses where user_id = 'due'") == 0)
        }
    }

    /// Users of whom a row is marked as deleted.
    func deleted(_ table: String, _ scope: RetentionScope) async throws -> [String] {
        try await scope.postgres.query(
            "select distinct user_id from \(identifier: table) where deleted_at is not null order by user_id"
        ).map { try $0.decode(String.self, at: 0) }
    }
}
