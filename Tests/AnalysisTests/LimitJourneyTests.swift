import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

@testable import Analysis

/// The limits of a provider and of a tier, from the request to what is refused or put off. Models of classes that no other test asks
/// for, as all tests share one Redis.
@Suite(.timeLimit(.minutes(3)))
struct LimitJourneyTests {
    /// The provider's limit is far below ours: its headers say so with the first answer, and from then on nobody runs into it.
    @Test func whatTheHeadersSayIsObeyed() async throws {
        try await House.with(.analysis(["ANTHROPIC_MODEL_BASIC": "claude-haiku-4-5"])) { house in
            try await house.play(#"{"rpm":10}"#)
            for number in 0...12 {
                try await house.addReader("user-\(number)", tier: "basic", tweets: JourneyTests.texts)
            }
            #expect(try await house.analysis(of: "user-0").model == "claude-haiku-4-5")
            var ids: [MessageID] = []
            for number in 1...12 { ids.append(try await house.ask("user-\(number)")) }
            try await eventually("each is done, or comes back later", within: .seconds(30)) {
                let done = try await house.postgres.query("select message_id from receipts").map {
                    try $0.decode(String.self, "message_id")
                }
                let later = house.programs[0].text().split(separator: "\n").filter { $0.contains("comes back later") }
                return ids.allSatisfy { id in
                    done.contains(id.rawValue) || later.contains { $0.contains(id.rawValue) }
                }
            }
            let calls = try await house.calls()
            #expect(calls.count { $0.status == 429 } == 0, "nobody ran into their limit")
            #expect(calls.count { $0.status == 200 } >= 9, "and what it leaves is used")
            #expect(house.programs[0].text().contains("rate_limited"))
        }
    }

    /// A call reserves the most that it could take; what it did not take is there for the next one at once.
    @Test func anEstimateIsPutRightByWhatWasUsed() async throws {
        // Room for two answers of 100 tweets as they are reserved, and for seven as they come out.
        let plan = House.Plan.analysis([
            "ANTHROPIC_MODEL_BASIC": "claude-fable-5", "ANTHROPIC_ORG_LIMITS": "otpm=8000",
        ])
        try await House.with(plan) { house in
            let texts = (0..<100).map { "Report \($0): the weather was good" }
            for number in 1...3 {
                try await house.addReader("user-\(number)", tier: "basic", tweets: texts)
                #expect(try await house.analysis(of: "user-\(number)").tweets.count == 100)
            }
            #expect(try await house.calls().count == 3)
            #expect(!house.programs[0].text().contains("comes back later"), "none had to wait for the bucket to fill")
        }
    }

    /// Thirty a month for `basic`, three hundred for `pro`, unless something else is said; the tier is the one of now.
    @Test func aMonthHasWhatTheTierGives() async throws {
        try await House.with(.analysis()) { house in
            let events = try await house.hear("analysis.*")
            let period = String(RFC3339.text(Date()).prefix(7))
            for (user, tier, used) in [("user-basic", "basic", 29), ("user-pro", "pro", 299)] {
                try await house.addReader(user, tier: tier, tweets: JourneyTests.texts)
                try await house.postgres.query(
                    """
                    insert into usage (user_id, period, used, quota) values (\(user), \(period), \(used), \(used + 1))
                    """)
                let last = try await house.analysis(of: user)
                #expect(last.model == (tier == "basic" ? "claude-sonnet-5" : "claude-opus-5"))
                try await house.addTweets(user, ["One more"], from: 6)
                let over = try await house.ask(user)
                #expect(try await house.outcome(of: over, at: .analyze) == "refused")
                #expect(try await house.reason(over) == "quota_exceeded")
                #expect(try await house.number("select used from usage where user_id = \(user)") == used + 1)
            }
            // The better tier counts from the moment on that it is there, for the quota and for the model.
            try await house.postgres.query("update subscriptions set tier = 'pro' where user_id = 'user-basic'")
            #expect(try await house.analysis(of: "user-basic").model == "claude-opus-5")
            #expect(try await house.number("select used from usage where user_id = 'user-basic'") == 31)

            let heard = try await house.drain(events).map { String(decoding: $0.body, as: UTF8.self) }
            #expect(heard.count { $0.contains(#""event":"analysis.completed""#) } == 3)
            #expect(heard.count { $0.contains(#""reason":"quota_exceeded""#) } == 2)
            let analysis = try await house.postgres.query(
                "select id from analyses where user_id = 'user-pro'"
            )[0].decode(String.self, "id")
            #expect(heard.contains { $0.contains("user-pro") && $0.contains(analysis) }, "it says which")
        }
    }
}
