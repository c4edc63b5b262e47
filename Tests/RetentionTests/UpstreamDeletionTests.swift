import Foundation
import Postgres
import TestKit
import Testing

@testable import Retention
@testable import TwitterAPI

/// What becomes of a post or an account of which X says that it is gone, and why.
@Suite(.timeLimit(.minutes(2)))
struct UpstreamDeletionTests {
    private static let now = Date.day

    @Test(arguments: ComplianceVerdict.Reason.allCases)
    func everyReasonDeletesButThePlaceOfAPost(_ reason: ComplianceVerdict.Reason) async throws {
        try await RetentionScope.with { scope in
            for (user, account) in [("asked-about", "17"), ("another", "18")] {
                try await scope.addUser(user, at: Self.now)
                try await scope.postgres.query(
                    "update oauth_tokens set provider_user_id = \(account) where user_id = \(user)")
                try await scope.postgres.query(
                    """
                    insert into twitter_data (user_id, tweet_id, text, retain_until, metrics)
                    select \(user), n::text, 'canary', \(Self.now + 60), '{"like_count": 1, "geo": "canary", "place": "canary"}'
                    from generate_series(1, 3) n
                    """)
            }
            let deletion = UpstreamDeletion(postgres: scope.postgres, actor: "repazoo-retention")
            try await deletion.carryOut([ComplianceVerdict(id: "2", reason: reason)], about: .tweets, at: Self.now)
            let isGone = reason != .scrubGeo
            #expect(
                try await scope.number("select count(*) from twitter_data where tweet_id = '2'") == (isGone ? 0 : 2))
            #expect(try await scope.number("select count(*) from twitter_data where tweet_id <> '2'") == 4)
            let placed = try await scope.number(
                "select count(*) from twitter_data where metrics ?| array['geo', 'place'] and metrics ? 'like_count'")
            #expect(placed == 4, "those of the post alone go")
            #expect(
                try await scope.number("select count(*) from audit_log where action = 'upstream.delete'")
                    == (isGone ? 2 : 0))

            try await deletion.carryOut([ComplianceVerdict(id: "17", reason: reason)], about: .users, at: Self.now)
            let left = try await scope.number("select count(*) from twitter_data where user_id = 'asked-about'")
            #expect(left == (isGone ? 0 : 3))
            #expect(
                try await scope.number("select count(*) from twitter_data where user_id = 'another'")
                    == (isGone ? 2 : 3))
            #expect(try await scope.number("select count(*) from audit_faults('-infinity')") == 0)
        }
    }

    /// More than any number of batches that one might think is enough.
    @Test func anAccountGoesWhole() async throws {
        try await RetentionScope.with { scope in
            try await scope.addUser("user-1", at: Self.now)
            try await scope.addTweets(60_500, of: "user-1", retainUntil: Self.now + 60)
            let deletion = UpstreamDeletion(postgres: scope.postgres, actor: "repazoo-retention")
            try await deletion.carryOut(
                [ComplianceVerdict(id: "77", reason: .suspended)], about: .users, at: Self.now)
            #expect(try await scope.number("select count(*) from twitter_data") == 0)
            #expect(
                try await scope.number(
                    "select sum((detail->>'rows')::integer) from audit_log where action = 'upstream.delete'") == 60_500)
        }
    }

    /// A post that somebody holds is never passed over in silence, and nothing waits for it.
    @Test func whatIsInUseIsToldAndGoesNextTime() async throws {
        try await RetentionScope.with { scope in
            try await scope.addUser("user-1", at: Self.now)
            try await scope.addTweets(3, of: "user-1", retainUntil: Self.now + 60)
            var deletion = UpstreamDeletion(postgres: scope.postgres, actor: "repazoo-retention")
            deletion.patience = 2
            let verdicts = [ComplianceVerdict(id: "77", reason: .deactivated)]
            let other = try scope.anotherPool()
            try await other.transaction { transaction in
                try await transaction.query("update twitter_data set lang = 'en' where tweet_id like '2%'")
                await #expect(throws: PostsInUse.self) {
                    try await deletion.carryOut(verdicts, about: .users, at: Self.now)
                }
                #expect(try await scope.number("select count(*) from twitter_data") == 1, "the others are gone at once")
            }
            await other.close()
            try await deletion.carryOut(verdicts, about: .users, at: Self.now)
            #expect(try await scope.number("select count(*) from twitter_data") == 0)
        }
    }
}
