import AMQP
import Contracts
import Foundation
import HouseKit
import Postgres
import Privacy
import TestKit
import Testing

@testable import Analysis

/// Analyses from the request to what is stored.
@Suite(.timeLimit(.minutes(4)))
struct JourneyTests {
    static let texts = [
        "I love my garden", "I hate this train", "Platform 4 today", "What a wonderful evening, damn it",
        "This is a terrible mess",
    ]

    @Test func theResultHoldsWhatWasPromised() async throws {
        try await House.with(.analysis()) { house in
            try await house.addReader("user-1", tweets: Self.texts)
            let id = try await house.ask("user-1")
            #expect(try await house.outcome(of: id, at: .analyze) == "done")
            let result = try await house.analysis(by: id)
            #expect(result.model == "claude-opus-5", "pro is an Opus")
            #expect(Set(result.tweets.keys) == ["1", "2", "3", "4", "5"])
            #expect(result.json["versions"]?["prompt"]?.integer == Int64(JudgementPrompt.version))
            #expect(result.json["versions"]?["detector"]?.integer == Int64(SanitizationReceipt.detectorVersion))
            #expect(result.json["risks"]?[0]?["risk"] == "profanity" && result.json["risks"]?[0]?["tweets"]?[0] == "4")
            #expect(result.texts("notable").count == 3 && result.json["trend"]?.elements?.isEmpty == false)
            #expect(!result.summary.isEmpty && result.json["counts"]?["positive"]?.integer == 2)
            let receipt = try #require(result.json["prompts"]?[0])
            #expect(receipt["sha256"]?.string?.count == 64 && receipt["tweets"]?.integer == 5)
            try Self.hasTheShape(result.json)
            // The hash is of what was really sent.
            let prompt = try #require(try await house.prompts().first)
            #expect(try await house.sha256(prompt) == receipt["sha256"]?.string)

            let audit = try #require(
                try await house.postgres.query("select detail::text as d from audit_log where action = 'analyze'").first
            )
            let detail = try Privacy.JSONValue(parsing: try audit.decode(String.self, "d"))
            for name in ["input_tokens", "output_tokens", "cost_microdollars", "calls", "tweets"] {
                #expect((detail[name]?.integer ?? 0) > 0, "\(name)")
            }
            #expect(
                try await house.number(
                    "select count(*) from analyses where retain_until between now() + interval '89 days' and now() + interval '91 days'"
                ) == 1)
            #expect(
                try await house.number(
                    "select count(*) from provider_activity where provider = 'anthropic' and active_until > now()")
                    == 1,
                "that the provider is called is known, should Redis forget")
            for table in ["analysis_runs", "analysis_parts", "analysis_batches", "quota_reservations"] {
                #expect(try await house.number("select count(*) from \(identifier: table)") == 0, "\(table)")
            }
        }
    }

    /// Names and required members are those that `topology/schemas/analysis-result.json` describes.
    private static func hasTheShape(_ json: Privacy.JSONValue) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try Data(contentsOf: root.appending(path: "topology/schemas/analysis-result.json"))
        let schema = try Privacy.JSONValue(parsing: Array(file))
        func check(_ value: Privacy.JSONValue, _ schema: Privacy.JSONValue, _ place: String) {
            if let properties = schema["properties"] {
                let names = Set((value.members ?? []).map(\.key))
                let required = Set((schema["required"]?.elements ?? []).compactMap(\.string))
                #expect(required.isSubset(of: names), "\(place)")
                #expect(names.isSubset(of: Set((properties.members ?? []).map(\.key))), "\(place)")
                for member in value.members ?? [] {
                    if let inner = properties[member.key] { check(member.value, inner, place + "." + member.key) }
                }
            }
            if let items = schema["items"] { for item in value.elements ?? [] { check(item, items, place + "[]") } }
            if let words = schema["enum"]?.elements { #expect(words.contains(value), "\(place): \(value)") }
        }
        check(json, schema, "result")
    }

    @Test func whatWasAnalyzedIsNotPaidForAgain() async throws {
        try await House.with(.analysis(["QUOTA_PRO": "3"])) { house in
            let events = try await house.hear("analysis.refused")
            try await house.addReader("user-1", tweets: Self.texts)
            #expect(try await house.analysis(of: "user-1").tweets.count == 5)
            try await house.addTweets("user-1", ["A new and happy one", "Another sad one"], from: 6)
            let second = try await house.analysis(of: "user-1")
            #expect(Set(second.tweets.keys) == ["6", "7"])
            #expect(try await house.calls().map(\.tweets) == [5, 2])
            let idle = try await house.ask("user-1")
            #expect(try await house.outcome(of: idle, at: .analyze) == "refused")
            #expect(try await house.reason(idle) == "nothing_to_analyze")
            #expect(try await house.number("select used from usage") == 2, "given back")

            try await house.addTweets("user-1", ["Yet another"], from: 8)
            _ = try await house.analysis(of: "user-1")
            try await house.addTweets("user-1", ["One too many"], from: 9)
            let over = try await house.ask("user-1")
            #expect(try await house.outcome(of: over, at: .analyze) == "refused")
            #expect(try await house.reason(over) == "quota_exceeded")
            #expect(try await house.calls().count == 3, "no call without a quota")
            #expect(try await house.number("select used from usage") == 3)
            let heard = try await house.drain(events).map { String(decoding: $0.body, as: UTF8.self) }
            #expect(heard.count == 2 && heard.last?.contains("quota_exceeded") == true)
        }
    }

    /// Copies of one message, and other messages for the same user, at the same time: the tweets are asked for once.
    @Test func manyAtOnceForOneUserPayOnce() async throws {
        let plan = House.Plan.analysis(consumers: ["repazoo-analyze", "repazoo-analyze", "repazoo-analyze"])
        try await House.with(plan) { house in
            try await house.addReader("user-1", tweets: Self.texts)
            try await house.setFaults("anthropic/v1/messages:slow=1s")
            let (first, second) = (MessageID.random(), MessageID.random())
            for _ in 0..<6 { try await house.ask("user-1", id: first) }
            try await house.ask("user-1", id: second)
            let ends = [
                try await house.outcome(of: first, at: .analyze), try await house.outcome(of: second, at: .analyze),
            ]
            #expect(ends.sorted() == ["done", "refused"])
            try await house.isQuiet()
            #expect(try await house.calls().count == 1)
            #expect(try await house.number("select count(*) from analyses") == 1)
            #expect(try await house.number("select used from usage") == 1)

            // Consent that goes while the model thinks: the answer is paid for, and nothing of it is kept.
            try await house.addReader("user-2", tweets: Self.texts)
            let left = try await house.ask("user-2")
            try await eventually("it is asked for") {
                try await house.number("select count(*) from analysis_runs") == 1
            }
            try await house.postgres.query("update oauth_tokens set revoked_at = now() where user_id = 'user-2'")
            #expect(try await house.outcome(of: left, at: .analyze) == "refused")
            #expect(try await house.reason(left) == "consent_revoked")
            #expect(try await house.calls().count == 2)
            #expect(try await house.number("select count(*) from analysis_parts") == 0)
            #expect(try await house.number("select used from usage where user_id = 'user-2'") == 0, "given back")
        }
    }

    /// A death in the middle of a long analysis: what was answered is not asked for again.
    @Test func aDeathInTheMiddleKeepsWhatWasPaidFor() async throws {
        try await House.with(.analysis(["ANTHROPIC_ORG_LIMITS": "otpm=8000"], consumers: [])) { house in
            try await house.addReader(
                "user-1", tweets: (0..<250).map { "Report \($0): the weather was good and the train was late" })
            try await house.setFaults("anthropic/v1/messages:slow=2s@2")
            let doomed = try house.start("repazoo-analyze")
            let id = try await house.ask("user-1")
            try await eventually("some of it is answered", within: .seconds(60)) {
                try await house.number("select count(*) from analysis_parts") >= 1
            }
            try await doomed.kill()
            let kept = try await house.number(
                "select coalesce(sum(jsonb_array_length(body->'tweets')), 0)::bigint from analysis_parts")
            #expect(kept > 0 && kept < 250)
            // The slow call that was under way is in the sandbox's book when it ends: it is none of the second life's.
            let parts = try await house.number("select count(*) from analysis_parts")
            try await eventually("the slow call has ended") { try await house.calls().count > parts }
            try await house.setFaults(nil)
            let before = try await house.calls().count
            try house.start("repazoo-analyze")
            #expect(try await house.outcome(of: id, at: .analyze, within: .seconds(120)) == "done")
            let asked = try await house.calls().dropFirst(before).filter { $0.status == 200 }.reduce(0) {
                $0 + $1.tweets
            }
            #expect(asked <= 250 - kept, "\(asked) asked, \(kept) kept")
            #expect(try await house.analysis(by: id).tweets.count == 250)
            #expect(try await house.number("select used from usage") == 1)
        }
    }

    /// An answer that waits to become part of an analysis is worth nothing once our words to the model have changed.
    @Test func anAnswerToOtherWordsIsNotTakenUp() async throws {
        try await House.with(.analysis(consumers: [])) { house in
            try await house.addReader("user-1", tweets: Self.texts)
            for (edition, tweet) in [("1.1", "1"), (JudgementPrompt.edition, "2")] {
                var part = AnalysisPart()
                part.model = "claude-opus-5"
                part.verdicts = [.init(id: tweet, sentiment: .neutral, score: 0.0625)]
                try await house.postgres.query(
                    """
                    insert into analysis_parts (user_id, kind, version, body)
                    values ('user-1', 'sentiment', \(edition), \(JSONText(rawValue: part.json.serialized()))::jsonb)
                    """)
            }
            try house.start("repazoo-analyze")
            let result = try await house.analysis(of: "user-1")
            #expect(try await house.calls().map(\.tweets) == [4], "all but the one that is known")
            #expect(result.tweets["1"]?.sentiment == "positive" && result.tweets["2"]?.score == 0.0625)
            #expect(try await house.number("select count(*) from analysis_parts") == 0)
        }
    }

    // MARK: Models

    @Test func anUnknownModelIsSaidAtTheStart() async throws {
        try await House.with(.analysis(consumers: [])) { house in
            let wrong = try house.start(
                "repazoo-analyze", [],
                ["ANTHROPIC_MODEL_BASIC": "claude-2, claude-3", "ANTHROPIC_MODEL_PRO": "claude-opus-5"])
            #expect(try await wrong.ended() == 78)
            #expect(wrong.text().contains("ANTHROPIC_MODEL_BASIC") && !wrong.text().contains("ANTHROPIC_MODEL_PRO:"))
            let half = try house.start("repazoo-analyze", [], ["ANTHROPIC_MODEL_PRO": "claude-2, claude-opus-4-8"])
            try await eventually("it runs") { half.text().contains("consuming") }
            #expect(half.text().contains("Anthropic does not know this model") && half.text().contains("claude-2"))
            try await house.addReader("user-1", tweets: Self.texts)
            #expect(try await house.analysis(of: "user-1").model == "claude-opus-4-8")
            #expect(try await half.stop() == 0)
            // Out of reach is not unknown.
            let alone = try house.start("repazoo-analyze", [], ["ANTHROPIC_API_URL": "http://127.0.0.1:1"])
            try await eventually("it runs") { alone.text().contains("consuming") }
            #expect(alone.text().contains("the models could not be checked"))
        }
    }

    @Test func aModelThatIsWithdrawnIsReplacedAndTold() async throws {
        let plan = House.Plan.analysis(["ANTHROPIC_MODEL_PRO": "claude-opus-5,claude-opus-4-8"])
        try await House.with(plan) { house in
            let alerts = try await house.hear("alert.opened")
            try await eventually("it runs") { house.programs[0].text().contains("consuming") }
            try await house.play(#"{"unknown_models":["claude-opus-5"]}"#)
            for number in 1...2 {
                try await house.addReader("user-\(number)", tweets: Self.texts)
                #expect(try await house.analysis(of: "user-\(number)").model == "claude-opus-4-8")
            }
            let heard = try await house.drain(alerts).map { String(decoding: $0.body, as: UTF8.self) }
            #expect(heard.count == 1, "once")
            #expect(
                heard.first?.contains("analysis.model_unknown") == true
                    && heard.first?.contains("claude-opus-5") == true)
            #expect(try await house.calls().count { $0.status == 404 } == 1, "it is not asked for again at once")
            #expect(try await house.messages(in: "repazoo.analyze.dead") == 0)
        }
    }

    // MARK: Privacy

    /// Nothing that was planted in the tweets and the profile is in a prompt, an output, the trail or the result.
    @Test func nothingPersonalLeavesOrIsWritten() async throws {
        try await House.with(.analysis()) { house in
            let canaries = [
                "canaryhandle", "Canary Q. Person", "canary@example.org", "canary.two@example.net", "@canary_friend",
                "https://canary.example",
                "+49 30 90182000", "192.0.2.77", "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111",
            ]
            try await house.addReader(
                "user-canary-1", tweets: canaries.map { "So happy today, \($0) was there" } + Self.texts)
            let result = try await house.analysis(of: "user-canary-1")
            let sent = try await house.calls().map(\.body).joined()
            let audit = try await house.postgres.query(
                "select coalesce(string_agg(detail::text, ' '), '') as d from audit_log"
            ).first?.decode(String.self, "d")
            for canary in canaries + ["user-canary-1"] {
                #expect(!sent.contains(canary), "\(canary) was sent")
                #expect(!result.text.contains(canary), "\(canary) is stored")
                #expect(audit?.contains(canary) == false, "\(canary) is in the trail")
                for program in house.programs { #expect(!program.text().contains(canary), "\(canary) was written") }
            }
            for text in Self.texts { for program in house.programs { #expect(!program.text().contains(text)) } }
            #expect(sent.contains("metadata") && !sent.contains("user-canary"))
        }
    }
}

extension House {
    func sha256(_ text: String) async throws -> String {
        try await postgres.query("select encode(sha256(convert_to(\(text), 'UTF8')), 'hex') as h").first?.decode(
            String.self, "h") ?? ""
    }

    /// Nothing waits for the analyzer, in its queue or in the ladder.
    func isQuiet() async throws {
        try await eventually("nothing waits", within: .seconds(60)) {
            for level in 0..<DelayLadder.levels
            where try await messages(in: DelayLadder.queue(level: level).rawValue) > 0 {
                return false
            }
            return try await messages(in: "repazoo.analyze") == 0
        }
    }
}
