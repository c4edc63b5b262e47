import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

@testable import Analysis

/// Batches that do not go as they should.
@Suite(.timeLimit(.minutes(3)))
struct BatchTroubleTests {
    private static let environment = [
        "ANTHROPIC_BATCH_OVER": "20", "ANTHROPIC_BATCH_POLL": "1s", "ANTHROPIC_ORG_LIMITS": "otpm=8000",
    ]
    /// Newest first, the questions are of tweets 200…101 and 100…1; a tweet's number is one more than that in its text.
    private static let texts = (0..<200).map { "I love number \($0), really" }

    /// A message has patience for a day: a batch that takes longer is cancelled before that, deleted, and asked for one by one.
    @Test func oneThatTakesTooLongIsCancelledAndAskedOneByOne() async throws {
        try await House.with(.analysis(Self.environment)) { house in
            try await house.play(#"{"batch_seconds":600}"#)
            try await house.addReader("user-1", tweets: Self.texts)
            let id = try await house.ask("user-1")
            try await house.comesBack(id, because: "batch_running")
            #expect(try await house.calls().count { $0.path.hasSuffix("/cancel") } == 0)
            try await house.postgres.query(
                "update analysis_batches set submitted_at = submitted_at - interval '22 hours 1 second'")
            #expect(try await house.outcome(of: id, at: .analyze) == "done")
            #expect(try await house.analysis(by: id).tweets.count == 200)
            let calls = try await house.calls()
            #expect(calls.count { $0.path.hasSuffix("/cancel") } == 1)
            #expect(calls.count { $0.method == "DELETE" && $0.status == 200 } == 1)
            #expect(calls.count { $0.method == "POST" && $0.path.hasSuffix("/batches") } == 1, "and no second one")
            #expect(calls.filter { $0.path.hasSuffix("/messages") }.reduce(0) { $0 + $1.tweets } == 200)
            #expect(try await house.number("select used from usage") == 1)
            #expect(try await house.number("select count(*) from analysis_batches") == 0)
        }
    }

    /// A model that is withdrawn is found out when a batch is handed over to it: the next of the list gets it, and people are told now.
    @Test func aModelThatIsWithdrawnIsReplacedAndTold() async throws {
        let environment = Self.environment.merging(["ANTHROPIC_MODEL_PRO": "claude-opus-5,claude-opus-4-8"]) { $1 }
        try await House.with(.analysis(environment)) { house in
            try await eventually("it runs") { house.programs[0].text().contains("consuming") }
            try await house.play(#"{"unknown_models":["claude-opus-5"],"batch_seconds":600}"#)
            try await house.addReader("user-1", tweets: Self.texts)
            let id = try await house.ask("user-1")
            try await eventually("the next one has it", within: .seconds(30)) {
                try await house.number(
                    "select count(*) from analysis_batches where state = 'running' and model = 'claude-opus-4-8'") == 1
            }
            #expect(
                try await house.number(
                    """
                    select count(*) from alert_outbox where notice->>'rule' = 'analysis.model_unknown'
                        and notice->>'subject' = 'claude-opus-5' and notice->>'severity' = 'warning'
                    """) == 1, "not when it ends, a day from now")
            #expect(try await house.number("select count(*) from receipts where message_id = \(id.rawValue)") == 0)
            #expect(!house.programs[0].text().contains(#""attempt":"2""#), "that costs no attempt")
            #expect(try await house.number("select count(*) from audit_log where action = 'analyze.batch'") == 0)
        }
    }

    /// One that the provider does not take was not handed over: nothing is lost, nobody's attempts are used up.
    @Test func oneThatIsRefusedForNowIsHandedOverLater() async throws {
        try await House.with(.analysis(Self.environment)) { house in
            try await house.addReader("user-1", tweets: Self.texts)
            try await house.setFaults("anthropic/v1/messages/batches:429=2s")
            let id = try await house.ask("user-1")
            try await house.comesBack(id, because: "rate_limited")
            try await house.setFaults(nil)
            #expect(try await house.outcome(of: id, at: .analyze) == "done")
            let calls = try await house.calls().filter { $0.method == "POST" && $0.path.hasSuffix("/batches") }
            #expect(calls.map(\.status).sorted() == [200, 429])
            #expect(!house.programs[0].text().contains(#""attempt":"2""#))
            for table in ["alert_outbox", "analysis_batches", "quota_reservations"] {
                #expect(try await house.number("select count(*) from \(identifier: table)") == 0, "\(table)")
            }
            #expect(try await house.number("select used from usage") == 1)
        }
    }

    /// An answer of a batch is believed no more than any other: of no use, it was paid for, and its tweets alone are asked again.
    @Test func anAnswerOfAnotherShapeIsAskedAgain() async throws {
        try await House.with(.analysis(Self.environment)) { house in
            try await house.play(
                #"{"batch_seconds":1,"obeys":[{"phrase":"number 7,","effect":"shape"}],"obeys_inside":true}"#)
            try await house.addReader("user-1", tweets: Self.texts)
            let id = try await house.ask("user-1")
            #expect(try await house.outcome(of: id, at: .analyze) == "done")
            let result = try await house.analysis(by: id)
            #expect(result.tweets.count == 199 && result.declined == ["8"])
            let single = try await house.prompts()
            #expect(!single.isEmpty && single.allSatisfy { !$0.contains("number 150,") }, "the other answer was good")
            let calls = try await house.number(
                "select (detail->>'calls')::bigint from audit_log where action = 'analyze'")
            #expect(calls == 2 + single.count, "both answers of the batch were paid for")
            let receipts = result.json["prompts"]?.elements ?? []
            #expect(receipts.count < calls, "what came to nothing is on record by its cost")
        }
    }

    /// Whose user is erased is deleted at the provider too, however long that one is away: the message that remembers it dies of nothing.
    @Test func oneOfAnErasedUserIsDeletedWhenTheProviderIsBack() async throws {
        let plan = House.Plan.analysis(Self.environment, consumers: ["repazoo-analyze", "repazoo-retention"])
        try await House.with(plan) { house in
            try await house.play(#"{"batch_seconds":600}"#)
            try await house.addReader("user-1", tweets: Self.texts)
            let id = try await house.ask("user-1")
            try await house.comesBack(id, because: "batch_running")
            try await house.setFaults("anthropic/v1/messages/batches:503")
            let erasure = try await house.publish(EraseRequest(userID: try #require(UserID("user-1"))))
            #expect(try await house.outcome(of: erasure, at: .retention) == "done")
            try await eventually("it is tried in vain, more than once", within: .seconds(60)) {
                try await house.calls().count { $0.status == 503 } >= 3
            }
            #expect(try await house.number("select count(*) from batches_left") == 1, "it is not forgotten")
            try await house.setFaults(nil)
            #expect(try await house.outcome(of: id, at: .analyze) == "refused")
            #expect(try await house.calls().count { $0.method == "DELETE" && $0.status == 200 } == 1)
            #expect(try await house.number("select count(*) from batches_left") == 0)
            #expect(!house.programs[0].text().contains(#""attempt":"2""#))
        }
    }
}
