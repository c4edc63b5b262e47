import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

@testable import Analysis

/// Large backfills as Message Batches.
@Suite(.timeLimit(.minutes(3)))
struct BatchJourneyTests {
    private static let environment = [
        "ANTHROPIC_BATCH_OVER": "20", "ANTHROPIC_BATCH_POLL": "1s", "ANTHROPIC_ORG_LIMITS": "otpm=8000",
    ]
    private static let texts = (0..<200).map {
        $0 % 3 == 0 ? "I hate number \($0), really" : "I love number \($0), really"
    }

    @Test func aBatchIsHandedOverAskedForFetchedAndDeleted() async throws {
        try await House.with(.analysis(Self.environment)) { house in
            try await house.play(#"{"batch_seconds":1,"batch_unanswered":1}"#)
            try await house.addReader("user-1", tweets: Self.texts)
            let id = try await house.ask("user-1")
            try await house.comesBack(id, because: "batch_running")
            #expect(try await house.number("select count(*) from analysis_batches where state = 'running'") == 1)
            #expect(try await house.number("select used from usage") == 1, "reserved before it was handed over")
            // Nothing holds a delivery: it is in the ladder, or about to be asked again.
            let few = try await house.analysis(of: try await house.newReader("user-2"))
            #expect(few.tweets.count == 5, "and few tweets are no batch")

            #expect(try await house.outcome(of: id, at: .analyze) == "done")
            let result = try await house.analysis(by: id)
            #expect(result.tweets.count == 200 && result.declined.isEmpty)
            #expect(result.tweets["1"]?.sentiment == "negative" && result.tweets["2"]?.sentiment == "positive")
            let calls = try await house.calls()
            #expect(calls.count { $0.method == "POST" && $0.path.hasSuffix("/batches") } == 1)
            #expect(calls.count { $0.method == "DELETE" && $0.status == 200 } == 1, "deleted at the provider")
            let single = calls.filter { $0.path.hasSuffix("/messages") && $0.status == 200 }.dropFirst()
            #expect(
                single.reduce(0) { $0 + $1.tweets } == 100,
                "what it left unanswered is asked one by one")
            #expect(try await house.number("select count(*) from analysis_batches") == 0)
            #expect(try await house.number("select count(*) from audit_log where detail->>'batched' = 'true'") == 1)
            #expect(try await house.number("select used from usage where user_id = 'user-1'") == 1)
        }
    }

    /// Whoever dies while a batch runs, and whenever: one batch, one analysis, one charge.
    @Test func aDeathWhileABatchRunsChangesNothing() async throws {
        try await House.with(.analysis(Self.environment, consumers: [])) { house in
            try await house.play(#"{"batch_seconds":1}"#)
            try await house.addReader("user-1", tweets: Self.texts)
            let doomed = try house.start("repazoo-analyze")
            let id = try await house.ask("user-1")
            try await eventually("it is handed over") {
                try await house.number("select count(*) from analysis_batches where state = 'running'") == 1
            }
            try await doomed.kill()
            // And once more when its answers are stored, and the provider is still to delete them.
            try await house.setFaults("anthropic/v1/messages/batches:slow=300ms")
            let second = try house.start("repazoo-analyze")
            try await eventually("its answers are stored", within: .seconds(30)) {
                try await house.number("select count(*) from analysis_parts") > 0
            }
            try await second.kill()
            try await house.setFaults(nil)
            try house.start("repazoo-analyze")
            #expect(try await house.outcome(of: id, at: .analyze) == "done")
            #expect(try await house.analysis(by: id).tweets.count == 200)
            let calls = try await house.calls()
            #expect(calls.count { $0.method == "POST" } == 1, "one batch, and no single calls")
            #expect(calls.contains { $0.method == "DELETE" })
            #expect(try await house.number("select used from usage") == 1)
        }
    }

    /// Whoever dies before the batch's id is noted leaves one that nobody can ask for: asked anew, counted once, and told.
    @Test func aDeathBeforeTheIDIsNotedIsTold() async throws {
        try await House.with(.analysis(Self.environment, consumers: [])) { house in
            try await house.addReader("user-1", tweets: Self.texts)
            try await house.setFaults("anthropic/v1/messages/batches:slow=2s")
            let doomed = try house.start("repazoo-analyze")
            let id = try await house.ask("user-1")
            try await eventually("it is on its way") {
                try await house.number(
                    """
                    select count(*) from analysis_batches
                    where batch_id is null and submitted_at < clock_timestamp() - interval '400 ms'
                    """) == 1
            }
            try await doomed.kill()
            try await eventually("the provider has it") {
                try await house.calls().contains { $0.method == "POST" && $0.path.hasSuffix("/batches") }
            }
            try await house.setFaults(nil)
            try house.start("repazoo-analyze", [], ["ANTHROPIC_BATCH_OVER": ""])
            #expect(try await house.outcome(of: id, at: .analyze) == "done")
            #expect(try await house.analysis(by: id).tweets.count == 200)
            #expect(try await house.number("select used from usage") == 1)
            #expect(try await house.number("select count(*) from analysis_batches") == 0)
            #expect(
                try await house.number(
                    """
                    select count(*) from audit_log where action = 'analyze.batch' and outcome = 'unknown'
                        and user_id = 'user-1' and detail->>'tweets' = '200' and detail->>'requests' = '2'
                    """) == 1)
            #expect(
                try await house.number(
                    "select count(*) from alert_outbox where notice->>'rule' = 'analysis.batch_lost'") == 1)
        }
    }

    @Test func whoLeavesTakesTheirBatchAlong() async throws {
        try await House.with(.analysis(Self.environment, consumers: ["repazoo-analyze", "repazoo-retention"])) {
            house in
            try await house.play(#"{"batch_seconds":600}"#)
            for user in ["user-1", "user-2"] { try await house.addReader(user, tweets: Self.texts) }
            let (id, erased) = (try await house.ask("user-1"), try await house.ask("user-2"))
            for id in [id, erased] { try await house.comesBack(id, because: "batch_running") }
            try await house.publish(EraseRequest(userID: try #require(UserID("user-2"))))
            try await house.postgres.query("update oauth_tokens set revoked_at = now() where user_id = 'user-1'")
            #expect(try await house.outcome(of: id, at: .analyze) == "refused")
            #expect(try await house.reason(id) == "consent_revoked")
            // Of the erased one nothing is left but the provider's name for it, until it is deleted there.
            #expect(try await house.outcome(of: erased, at: .analyze) == "refused")
            let calls = try await house.calls()
            #expect(calls.count { $0.path.hasSuffix("/cancel") } == 2)
            #expect(calls.count { $0.method == "DELETE" && $0.status == 200 } == 2)
            for table in ["analysis_batches", "batches_left"] {
                #expect(try await house.number("select count(*) from \(identifier: table)") == 0, "\(table)")
            }
            #expect(try await house.number("select used from usage where user_id = 'user-1'") == 0)
        }
    }
}

extension House {
    func newReader(_ user: String) async throws -> String {
        try await addReader(user, tweets: JourneyTests.texts)
        return user
    }
}
