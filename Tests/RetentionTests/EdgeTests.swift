import Contracts
import Foundation
import Postgres
import TestKit
import Testing

@testable import Retention

/// The rules of this release, each by itself against a real database: due in the very second in which its age is reached, and not one
/// before. The ages stand here once more, so that none changes unnoticed.
@Suite(.timeLimit(.minutes(3)))
struct EdgeTests {
    private static let slot = Date.day
    private static let days = [
        "analyses-of-inactive-users": 90, "tweets-of-revoked-consent": 0, "analyses-of-revoked-consent": 0,
        "answers-of-revoked-consent": 0, "tokens-of-revoked-consent": 30, "tweets-of-cancelled-subscriptions": 30,
        "analyses-of-cancelled-subscriptions": 30, "answers-of-cancelled-subscriptions": 30,
        "tweets-past-their-time": 0, "analyses-past-their-time": 0, "receipts-past-their-use": 30,
        "settled-dead-letters": 30, "old-dead-letters": 90,
    ]

    @Test func everyRuleHasItsAgeHere() throws {
        #expect(try Set(RetentionPolicy.current().rules.map(\.name)) == Set(Self.days.keys))
    }

    @Test(arguments: days.keys.sorted())
    func aRuleIsDueToTheSecond(_ name: String) async throws {
        let rule = try #require(try RetentionPolicy.current().rules.first { $0.name == name })
        let policy = RetentionPolicy(hardDeleteAfter: .seconds(30 * 86400), rules: [rule])
        let edge = Self.slot.days(-(Self.days[name] ?? 0))
        try await RetentionScope.with { scope in
            for (user, time) in [("due", edge), ("a-second-later", edge + 1)] {
                try await furnish(user, rule, since: time, scope)
            }
            #expect(try await untouched(rule.table, scope) == ["a-second-later", "due"])
            try await scope.sweep(policy, at: Self.slot)
            #expect(try await untouched(rule.table, scope) == ["a-second-later"])
            try await scope.sweep(policy, at: Self.slot + 1)
            #expect(try await untouched(rule.table, scope) == [])
        }
    }

    /// A user with one row in the rule's table, of which its condition has held since a time.
    private func furnish(
        _ user: String, _ rule: RetentionRule, since time: Date, _ scope: RetentionScope
    ) async throws {
        try await scope.addUser(user, at: rule.condition == .userInactive ? time : Self.slot.days(-200))
        let isByItself = rule.condition == .retainUntil
        switch rule.table {
        case .tweets: try await scope.addTweets(1, of: user, retainUntil: isByItself ? time : Self.slot.days(9))
        case .analyses:
            try await scope.addAnalysis(
                of: user, createdAt: rule.condition == .userInactive ? time : Self.slot.days(-1),
                retainUntil: isByItself ? time : Self.slot.days(9))
        case .parts:
            try await scope.postgres.query(
                "insert into analysis_parts (user_id, kind, version, body) values (\(user), 'sentiment', '1', '{}')")
        case .tokens: break
        case .receipts:
            try await scope.postgres.query(
                """
                insert into receipts (consumer, message_id, outcome, completed_at) values ('ingest', \(user), 'done', \(time))
                """)
        case .deadLetters:
            let isSettled = rule.condition == .finished
            try await scope.postgres.query(
                SQL(
                    """
                    insert into dead_letters (id, queue, reason, user_id, died_at, status, settled_at)
                    values (\(user), 'repazoo.ingest', 'unknown', \(user), \(isSettled ? Self.slot.days(-200) : time),
                            \(isSettled ? "discarded" : "new"), \(isSettled ? time : nil))
                    """))
        }
        switch rule.condition {
        case .consentRevoked:
            try await scope.postgres.query("update oauth_tokens set revoked_at = \(time) where user_id = \(user)")
        case .subscriptionCancelled:
            try await scope.postgres.query(
                "update subscriptions set status = 'cancelled', cancelled_at = \(time) where user_id = \(user)")
        case .userInactive, .retainUntil, .finished, .created: break
        }
    }

    /// Whose rows no rule has had.
    private func untouched(_ table: RetainedTable, _ scope: RetentionScope) async throws -> [String] {
        let query: SQL =
            switch table {
            case .tweets: "select user_id from twitter_data where deleted_at is null order by 1"
            case .analyses: "select user_id from analyses where deleted_at is null order by 1"
            case .parts: "select user_id from analysis_parts order by 1"
            case .tokens: "select user_id from oauth_tokens where access_token <> '' order by 1"
            case .receipts: "select message_id from receipts order by 1"
            case .deadLetters: "select user_id from dead_letters order by 1"
            }
        return try await scope.postgres.query(query).map { try $0.decode(String.self, at: 0) }
    }
}
