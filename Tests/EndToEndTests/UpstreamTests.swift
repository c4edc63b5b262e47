import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// What X says is gone is deleted at once, by the tick that hears of it.
@Suite(.timeLimit(.minutes(4)))
struct UpstreamTests {
    @Test func deletedSuspendedAndMovedPostsAndAccounts() async throws {
        var plan = House.Plan()
        plan.consumers = ["repazoo-retention"]
        plan.environment = ["TWITTER_BEARER_TOKEN": "sandbox-app"]
        try await House.with(plan, tell)
    }

    private func tell(_ house: House) async throws {
        for (user, account) in [("user-a", "501"), ("user-b", "502"), ("user-held", "503")] {
            try await house.addUser(user, account: account, tweets: 0)
            try await house.postgres.query(
                """
                insert into twitter_data (user_id, tweet_id, text, retain_until, metrics)
                select \(user), n::text, 'canary', now() + interval '90 days', '{"like_count": 1, "geo": "canary"}'
                from generate_series(100, 104) n
                """)
        }
        try await house.postgres.query(
            """
            insert into legal_holds (user_id, category, owner, reason, expires_at)
            values ('user-held', 'tweets', 'counsel', 'case', now() + interval '1 day')
            """)
        let gone = #"{"gone":{"100":"deleted","101":"protected","102":"scrub_geo","502":"suspended"}}"#
        let answer = try await house.http.send(
            HTTPRequest(.post, house.sandboxURL + "/sandbox/compliance", body: .bytes(Array(gone.utf8))))
        #expect(answer.status == 200)

        let tick = try await house.publish(Tick(schedule: "retention", slot: Date.now))
        #expect(try await house.outcome(of: tick, at: .retention) == "done")
        #expect(
            try await house.rows("select tweet_id from twitter_data where user_id = 'user-a' order by 1")
                == ["102", "103", "104"])
        #expect(try await house.rows("select tweet_id from twitter_data where user_id = 'user-b'") == [])
        #expect(
            try await house.rows(
                "select tweet_id from twitter_data where user_id = 'user-held' and deleted_at is not null order by 1")
                == ["100", "101"], "a hold blocks hard deletion only")
        #expect(
            try await house.rows("select user_id from twitter_data where tweet_id = '102' and metrics ? 'geo'") == [])
        #expect(
            try await house.rows("select kind || ' ' || status || ' ' || ids from compliance_jobs order by 1")
                == ["tweets done 5", "users done 3"])
        #expect(
            try await house.rows("select provider from provider_activity").count == 1, "the calls were counted as ours")
        #expect(
            try await house.rows(
                """
                select distinct user_id || ' ' || (sum((detail->>'rows')::integer) over (partition by user_id))
                from audit_log where action = 'upstream.delete' order by 1
                """) == ["user-a 2", "user-b 5", "user-held 2"])
    }

    /// X being away keeps the policy from nothing.
    @Test func aTickWithoutXDoesTheRest() async throws {
        var plan = House.Plan()
        plan.consumers = ["repazoo-retention"]
        plan.environment = ["TWITTER_BEARER_TOKEN": "sandbox-app"]
        try await House.with(plan) { house in
            try await house.addUser("user-a", account: "511", tweets: 0)
            try await house.postgres.query(
                """
                insert into twitter_data (user_id, tweet_id, text, retain_until)
                values ('user-a', '1', 'canary', now() - interval '1 day')
                """)
            try await house.setFaults("twitter:503")
            let tick = try await house.publish(Tick(schedule: "retention", slot: Date.now))
            #expect(try await house.outcome(of: tick, at: .retention) == "done")
            #expect(
                try await house.rows("select user_id from twitter_data where deleted_at is not null") == ["user-a"])
        }
    }
}

extension House {
    /// The first column.
    func rows(_ sql: SQL) async throws -> [String] {
        try await postgres.query(sql).map { try $0.decode(String.self, at: 0) }
    }
}
