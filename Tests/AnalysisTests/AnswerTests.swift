import AMQP
import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

@testable import Analysis

/// Answers of every bad kind, from a provider that is told to give them.
@Suite(.timeLimit(.minutes(4)))
struct AnswerTests {
    private static let texts = [
        "I love my garden", "I hate this train", "Platform 4 today", "What a wonderful evening",
        "This is a terrible mess",
        "Meeting at noon", "So happy about the news", "Awful weather, sad day",
    ]

    /// Every second answer is wrong in itself: what is wrong is asked again in halves, nothing wrong is stored, and what cannot be had is
    /// said.
    @Test func whatIsWrongIsAskedAgainInHalves() async throws {
        try await House.with(.analysis()) { house in
            try await house.addReader("user-good", tweets: Self.texts)
            let good = try await house.analysis(of: "user-good")
            #expect(good.tweets.count == 8 && good.declined.isEmpty)
            let faults = [
                "prose", "cut-json", "wrong-count", "duplicate-ids", "bad-label", "out-of-range", "extra-member",
                "max-tokens",
                "context-window", "refusal",
            ]
            for fault in faults {
                let user = "user-\(fault)"
                try await house.addReader(user, tweets: Self.texts)
                try await house.setFaults("anthropic/v1/messages:\(fault)@2")
                _ = try await house.callOnce()  // the next one is the second
                let before = try await house.calls().count
                let result = try await house.analysis(of: user)
                let calls = try await house.calls().count - before
                #expect(calls > 2, "\(fault)")
                #expect(result.tweets.count + result.declined.count == 8, "\(fault)")
                #expect(result.tweets.count >= 4, "\(fault)")
                for (id, label) in result.tweets { #expect(label == good.tweets[id], "\(fault): tweet \(id)") }
                #expect(!result.text.contains("health") && !result.text.contains("ill."), "\(fault)")
                let paid = try await house.number(
                    "select (detail->>'calls')::bigint from audit_log where action = 'analyze' and user_id = \(user)")
                #expect(paid == calls, "\(fault): what came to nothing was paid for too")
                #expect(result.inputTokens > good.inputTokens, "\(fault)")
                print(
                    "answers | \(fault): \(calls) calls, \(result.tweets.count) judged, \(result.declined.count) declined"
                )
            }
            try await house.setFaults(nil)
            #expect(try await house.messages(in: "repazoo.analyze.dead") == 0)
        }
    }

    /// What is wrong about HTTP is the provider's fault: tried again later, with what was answered before kept.
    @Test func whatIsNoAnswerIsTriedAgainLater() async throws {
        try await House.with(.analysis()) { house in
            // Few enough at a time that the circuit stays closed.
            for faults in [["truncate", "garbage", "enormous"], ["500", "504"]] {
                var asked: [(fault: String, id: MessageID)] = []
                for fault in faults {
                    let user = "user-\(fault)"
                    try await house.addReader(user, tweets: Self.texts)
                    try await house.setFaults("anthropic/v1/messages:\(fault)")
                    let id = try await house.ask(user)
                    try await house.comesBack(id, because: fault.hasPrefix("5") ? "provider" : "invalid_answer")
                    #expect(try await house.number("select count(*) from analyses where user_id = \(user)") == 0)
                    #expect(
                        try await house.number("select used from usage where user_id = \(user)") == 1,
                        "reserved meanwhile")
                    asked.append((fault, id))
                }
                try await house.setFaults(nil)
                for (fault, id) in asked {
                    #expect(try await house.outcome(of: id, at: .analyze) == "done", "\(fault)")
                    #expect(try await house.number("select used from usage where user_id = \("user-" + fault)") == 1)
                }
            }
            try await house.addReader("user-slow", tweets: Self.texts)
            try await house.setFaults("anthropic/v1/messages:drip=2s")
            #expect(try await house.analysis(of: "user-slow").tweets.count == 8, "slow is not wrong")
        }
    }

    @Test func aModelThatRefusesEverythingIsAnAnswer() async throws {
        try await House.with(.analysis()) { house in
            let events = try await house.hear("analysis.refused")
            try await house.addReader("user-refused", tweets: Self.texts)
            try await house.setFaults("anthropic/v1/messages:refusal")
            let id = try await house.ask("user-refused")
            #expect(try await house.outcome(of: id, at: .analyze) == "refused")
            #expect(try await house.reason(id) == "model_refused")
            #expect(try await house.number("select used from usage") == 0, "given back: no analysis happened")
            let calls = try await house.calls().count
            #expect(calls <= Judge.mostFailures + 1)
            let heard = try await house.drain(events)
            #expect(
                heard.compactMap(\.properties.messageID) == [
                    MessageID.derived(from: id, name: "analysis.refused").rawValue
                ])
            // Asked again, it costs nothing: what was declined is known.
            let again = try await house.ask("user-refused")
            #expect(try await house.outcome(of: again, at: .analyze) == "refused")
            #expect(try await house.calls().count == calls)
        }
    }

    /// Halves of halves cost a call each: a model that gives nothing usable is not asked for ever, and what it has declined by then stays
    /// declined.
    @Test func aModelThatRefusesEverythingIsNotPaidForEver() async throws {
        try await House.with(.analysis()) { house in
            let texts = (0..<64).map { "Report \($0): the weather was good" }
            try await house.addReader("user-1", tweets: texts)
            try await house.setFaults("anthropic/v1/messages:refusal")
            let id = try await house.ask("user-1")
            #expect(try await house.outcome(of: id, at: .analyze) == "refused")
            let calls = try await house.calls().count
            #expect(calls == Judge.mostFailures + 1, "127 would have been asked")
            let declined = try await house.number(
                "select coalesce(sum(jsonb_array_length(body->'declined')), 0)::bigint from analysis_parts")
            #expect(declined > 0 && declined < 64)
            try await house.setFaults(nil)
            let result = try await house.analysis(of: "user-1")
            #expect(result.declined.count == declined && result.tweets.count == 64 - declined)
            #expect(try await house.number("select used from usage") == 1)
        }
    }

    // MARK: Limits

    /// 429 of each limit: nothing more goes to the class until then, nobody's attempts are used up, and all is done in the end.
    @Test func eachLimitIsObeyed() async throws {
        try await House.with(.analysis()) { house in
            for limit in ["requests", "input-tokens", "output-tokens"] {
                let (first, second) = ("user-\(limit)-1", "user-\(limit)-2")
                for user in [first, second] { try await house.addReader(user, tweets: Self.texts) }
                try await house.setFaults("anthropic/v1/messages:429-\(limit)=5s")
                let before = try await house.calls().count
                let refused = try await house.ask(first)
                try await house.comesBack(refused, because: "rate_limited")
                try await house.setFaults(nil)
                let waiting = try await house.ask(second)
                try await house.comesBack(waiting, because: "rate_limited")
                #expect(
                    try await house.calls().count == before + 1, "\(limit): the second asks nothing while it is closed")
                for id in [refused, waiting] {
                    #expect(try await house.outcome(of: id, at: .analyze) == "done", "\(limit)")
                }
                let text = house.programs[0].text()
                #expect(!text.contains(#""attempt":"2""#), "\(limit): a limit is no failed attempt")
            }
        }
    }

    /// Overload is of one model: its circuit opens at once, the other tier goes on, and it costs nobody an attempt.
    @Test func overloadOpensTheCircuitOfThatModelOnly() async throws {
        try await House.with(.analysis()) { house in
            try await house.play(#"{"overloaded_models":["claude-opus-5"],"overloaded_seconds":6}"#)
            var waiting: [MessageID] = []
            for number in 0..<12 {
                try await house.addReader("user-pro-\(number)", tier: "pro", tweets: Self.texts)
                waiting.append(try await house.ask("user-pro-\(number)"))
            }
            try await house.comesBack(waiting[0], because: "")
            try await house.addReader("user-basic", tier: "basic", tweets: Self.texts)
            let basic = try await house.analysis(of: "user-basic")
            #expect(basic.model == "claude-sonnet-5")
            let stormed = try await house.calls().count { $0.status == 529 }
            #expect(stormed <= 16 + 2, "\(stormed) calls: no more than were on their way when it opened, and a probe")
            #expect(try await house.number("select count(*) from receipts") == 1)
            try await house.play("{}")
            for id in waiting { #expect(try await house.outcome(of: id, at: .analyze, within: .seconds(90)) == "done") }
            #expect(!house.programs[0].text().contains(#""attempt":"2""#))
            #expect(try await house.messages(in: "repazoo.analyze.dead") == 0)
            print("answers | 529: \(stormed) calls to the overloaded model for 12 jobs")
        }
    }

    @Test func aUsersShareIsKept() async throws {
        // Two calls in 5 s for one user, and an analysis of three; the organisation has room for all of them.
        let plan = House.Plan.analysis(["ANTHROPIC_RATE_LIMIT": "2/5s"])
        try await House.with(plan) { house in
            let (user, other) = (uniqueName("user-greedy"), uniqueName("user-modest"))
            let texts = (0..<600).map {
                "The weather report number \($0) was rather good, and so was everything else on that day"
            }
            try await house.addReader(user, tweets: texts)
            try await house.addReader(other, tweets: Self.texts)
            let id = try await house.ask(user)
            try await house.comesBack(id, because: "rate_limited")
            #expect(try await house.analysis(of: other).tweets.count == 8, "another's share is another's")
            #expect(try await house.outcome(of: id, at: .analyze, within: .seconds(120)) == "done")
            let calls = try await house.calls().filter { $0.status == 200 && $0.body.contains("weather report") }
            #expect(calls.reduce(0) { $0 + $1.tweets } == 600, "nothing was asked twice, though the job was put off")
            #expect(calls.count == 3)
        }
    }
}

extension House {
    /// The message goes to the ladder for this reason, in its own words; an empty one is any.
    func comesBack(_ id: MessageID, because reason: String) async throws {
        try await eventually("\(id) comes back later: \(reason)", within: .seconds(30)) {
            programs.contains { program in
                program.text().split(separator: "\n").contains { line in
                    line.contains(id.rawValue) && line.contains("comes back later")
                        && (reason.isEmpty || line.contains(reason))
                }
            }
        }
    }

    /// A call to the sandbox's model that is none of the consumers'.
    func callOnce() async throws -> Int {
        let body = #"{"model":"claude-sonnet-5","max_tokens":10,"messages":[{"role":"user","content":"hello"}]}"#
        return try await http.send(
            .init(
                .post, sandboxURL + "/anthropic/v1/messages",
                headers: [
                    "x-api-key": "of-the-test", "anthropic-version": "2023-06-01", "content-type": "application/json",
                ],
                body: .bytes(Array(body.utf8)))
        ).status
    }

    /// A queue of its own that hears events of this name.
    func hear(_ key: String) async throws -> String {
        let connection = try await AMQPConnection.open(broker)
        _ = try await connection.declareQueue("test.\(key)", arguments: ["x-queue-type": "quorum"])
        try await connection.bindQueue("test.\(key)", to: "repazoo.events", key: key)
        await connection.close()
        return "test.\(key)"
    }
}
