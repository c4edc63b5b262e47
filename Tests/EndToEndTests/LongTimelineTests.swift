import Contracts
import Foundation
import HTTPTransport
import HouseKit
import TestKit
import Testing

/// A timeline of many pages.
@Suite(.timeLimit(.minutes(3)))
struct LongTimelineTests {
    private var plan: House.Plan {
        var plan = House.Plan()
        plan.consumers = []
        return plan
    }

    @Test func aJobThatDiesAfterPageSeventeenGoesOnAtPageEighteen() async throws {
        try await House.with(plan, dieInTheMiddle)
    }

    private func dieInTheMiddle(_ house: House) async throws {
        try await house.addUser("user-900001", account: "9001", tweets: 3200)
        try await house.setFaults("twitter:slow=20ms")
        let doomed = try house.start("repazoo-ingest")
        let request = IngestRequest(userID: try #require(UserID("user-900001")), maxTweets: 3200, analyze: false)
        let id = try await house.publish(request)
        try await eventually("seventeen pages are stored", within: .seconds(30)) {
            try await house.number("select coalesce(max(pages), 0) from ingest_runs") >= 17
        }
        try await doomed.kill()
        let stored = try await house.number("select pages from ingest_runs")
        try house.start("repazoo-ingest")
        #expect(try await house.outcome(of: id, at: .ingest) == "done")
        let pages = try await house.pagesAskedFor()
        #expect(try await house.number("select count(*) from twitter_data") == 3200)
        #expect(try await house.number("select count(*) from ingest_runs") == 0)
        // 32 pages, the one that was under way at the death, and the look for what came meanwhile.
        #expect(pages <= 34, "no page is asked for twice")
        #expect(try await house.number("select count(*) from audit_log where outcome = 'done'") == 1)
        print("long timeline | died after page \(stored), 3,200 tweets with \(pages) requests for pages")
    }

    @Test func whoeverLeavesInTheMiddleLeavesNothingMore() async throws {
        try await House.with(plan, leaveInTheMiddle)
    }

    private func leaveInTheMiddle(_ house: House) async throws {
        try await house.addUser("user-900002", account: "9002", tweets: 2000)
        try await house.setFaults("twitter:slow=50ms")
        try house.start("repazoo-ingest")
        let request = IngestRequest(userID: try #require(UserID("user-900002")), maxTweets: 2000, analyze: false)
        let id = try await house.publish(request)
        try await eventually("three pages are stored", within: .seconds(30)) {
            try await house.number("select coalesce(max(pages), 0) from ingest_runs") >= 3
        }
        try await house.postgres.query("update oauth_tokens set revoked_at = now()")
        let then = try await house.number("select count(*) from twitter_data")
        #expect(try await house.outcome(of: id, at: .ingest) == "refused")
        #expect(
            try await house.number("select count(*) from twitter_data") <= then,
            "nothing is stored after consent is gone")
    }

    @Test func aPlaceThatXHasForgottenIsReadAnew() async throws {
        try await House.with(plan, forget)
    }

    private func forget(_ house: House) async throws {
        try await house.addUser("user-900003", account: "9003", tweets: 250)
        try await house.postgres.query(
            """
            insert into ingest_runs (user_id, next_token, pages, tweets, left_out)
            values ('user-900003', 'nosuchplace', 1, 100, 0)
            """)
        try house.start("repazoo-ingest")
        let request = IngestRequest(userID: try #require(UserID("user-900003")), analyze: false)
        let id = try await house.publish(request)
        #expect(try await house.outcome(of: id, at: .ingest) == "done")
        #expect(try await house.number("select count(*) from twitter_data") == 250)
        #expect(try await house.number("select count(*) from ingest_runs") == 0)
    }
}

extension House {
    /// Requests for pages of timelines that X has had.
    fileprivate func pagesAskedFor() async throws -> Int {
        let log = try await http.send(.init(.get, sandboxURL + "/sandbox/log?provider=twitter"))
        return String(decoding: log.body, as: UTF8.self).components(separatedBy: "/tweets\"").count - 1
    }
}
