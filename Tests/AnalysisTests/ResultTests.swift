import AnthropicAPI
import Foundation
import Privacy
import TestKit
import Testing

@testable import Analysis

/// Putting parts together is a pure function.
@Suite(.timeLimit(.minutes(1)))
struct ResultTests {
    /// Wednesday, 25 November 2026.
    private let wednesday = Date(timeIntervalSince1970: 1_795_608_000)

    private func tweet(_ id: String, daysAgo: Int? = 0) -> StoredTweet {
        StoredTweet(id: id, text: "x", postedAt: daysAgo.map { wednesday - Double($0) * 86_400 })
    }

    private func part(
        _ verdicts: [(String, SentimentAnswer.Sentiment, Double)], themes: [String] = [], notable: [String] = [],
        risks: [(String, ReputationRisk)] = [], summary: String = "", model: String = "claude-opus-5"
    ) -> AnalysisPart {
        var part = AnalysisPart()
        part.model = model
        part.verdicts = verdicts.map { .init(id: $0.0, sentiment: $0.1, score: $0.2) }
        (part.themes, part.notable, part.summary) = (themes, notable, summary)
        part.risks = risks.map { .init(id: $0.0, risk: $0.1) }
        return part
    }

    @Test func onePartKeepsTheModelsWords() {
        let result = AnalysisResult(
            [part([("1", .positive, 0.8), ("2", .negative, -0.4)], themes: ["work"], summary: "Glad, then cross.")],
            of: [tweet("2"), tweet("1")])
        #expect(result.summary == "Glad, then cross.")
        #expect(result.verdicts.map(\.id) == ["2", "1"], "in the order of the tweets")
        #expect(result.overall == OverallSentiment([(.positive, 0.8), (.negative, -0.4)]))
        #expect(result.themes == ["work"] && result.models == ["claude-opus-5"])
    }

    @Test func manyPartsAreCounted() {
        let parts = [
            part([("1", .positive, 0.8), ("2", .neutral, 0)], themes: ["Work", "music"], summary: "Glad."),
            part([("3", .negative, -0.9)], themes: ["work", "rain"], summary: "Cross.", model: "claude-opus-4-8"),
        ]
        let result = AnalysisResult(parts, of: ["1", "2", "3"].map { tweet($0) })
        #expect(result.summary == "3 tweets: 1 positive, 1 neutral, 1 negative.")
        #expect(result.themes == ["Work", "music", "rain"], "by how many tweets each was said of")
        #expect(result.models == ["claude-opus-4-8", "claude-opus-5"])
    }

    @Test func aTweetCountsOnceAndOneThatIsGoneNotAtAll() {
        let parts = [
            part(
                [("1", .positive, 0.8), ("9", .negative, -1)], notable: ["9", "1"],
                risks: [("9", .insult), ("1", .spam)]),
            part([("1", .negative, -0.8)]),
        ]
        let result = AnalysisResult(parts, of: [tweet("1"), tweet("2")])
        #expect(result.verdicts.map(\.score) == [0.8])
        #expect(result.notable == ["1"])
        #expect(result.risks == [.init(risk: .spam, tweets: ["1"])])
        #expect(result.counts.negative == 0)
    }

    @Test func weeksBeginOnMonday() {
        let days = [("a", 0), ("b", 2), ("c", 3), ("d", 9), ("e", 10)]
        let result = AnalysisResult(
            [part(days.map { ($0.0, .positive, $0.1 < 3 ? 0.5 : 1) } + [("f", .negative, -1)])],
            of: days.map { tweet($0.0, daysAgo: $0.1) } + [tweet("f", daysAgo: nil)])
        #expect(result.weeks.map(\.monday) == ["2026-11-09", "2026-11-16", "2026-11-23"])
        #expect(result.weeks.map(\.tweets) == [1, 2, 2], "without the tweet of no known time")
        #expect(result.weeks.last?.score == 0.5)
    }

    @Test func theStrongestAreNotable() {
        let verdicts = (0..<20).map { ("\($0)", SentimentAnswer.Sentiment.positive, Double($0) / 20) }
        let result = AnalysisResult([part(verdicts, notable: ["3", "5"])], of: verdicts.map { tweet($0.0) })
        #expect(result.notable == ["5", "3", "19", "18", "17", "16", "15", "14", "13", "12"])
    }

    @Test func whatWasDeclinedIsSaid() {
        var declined = AnalysisPart()
        declined.declined = ["2", "7"]
        let result = AnalysisResult([declined, part([("1", .neutral, 0)])], of: [tweet("1"), tweet("2")])
        #expect(result.declined == ["2"] && result.verdicts.count == 1)
        #expect(AnalysisResult([declined], of: [tweet("2")]).verdicts.isEmpty)
    }

    @Test(arguments: 0..<20)
    func theOrderOfThePartsChangesNothing(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let ids = (0..<60).map { "\($0)" }
        var parts: [AnalysisPart] = []
        for start in stride(from: 0, to: 60, by: 10) {
            let verdicts = ids[start..<start + 10].map { id in
                (
                    id, SentimentAnswer.Sentiment.allCases.randomElement(using: &random) ?? .neutral,
                    Double.random(in: -1...1, using: &random)
                )
            }
            parts.append(
                part(
                    verdicts, themes: ["t\(start % 3)", "T\(start % 2)"], notable: [ids[start]],
                    risks: [(ids[start], .insult)]))
        }
        let tweets = ids.enumerated().map { tweet($1, daysAgo: $0) }
        let first = AnalysisResult(parts, of: tweets)
        let second = AnalysisResult(parts.shuffled(using: &random), of: tweets)
        #expect(first.json == second.json)
        #expect(first.counts.positive + first.counts.neutral + first.counts.negative == 60)
        #expect(first.weeks.reduce(0) { $0 + $1.tweets } == 60)
    }

    @Test func aPartSurvivesItsStorage() throws {
        var part = part(
            [("1", .negative, -0.25)], themes: ["a \"b\""], notable: ["1"], risks: [("1", .threat)], summary: "x\ny")
        part.declined = ["2"]
        part.usage = TokenUsage(uncachedInput: 1, cacheCreation: 2, cacheRead: 3, output: 4)
        part.isBatched = true
        part.withheld = 2
        let prompt = Prompt(instructions: "x", data: PromptSanitizer.sanitize(["@a and @b"]))
        part.receipt = PromptReceipt(prompt.receipt, tweets: 1)
        let text = part.json.serialized()
        #expect(AnalysisPart(try JSONValue(parsing: text)) == part)
        #expect(AnalysisPart(try JSONValue(parsing: text.replacing("negative", with: "furious"))) == nil)
        #expect(part.receipt?.replacements == 2)
    }

    @Test func costs() {
        var (single, batched) = (AnalysisPart(), AnalysisPart())
        single.model = "claude-opus-5"
        single.usage = TokenUsage(uncachedInput: 1_000, cacheCreation: 800, cacheRead: 10_000, output: 100)
        #expect(ModelPrices().cost(of: [single]) == 5_000 + 5_000 + 5_000 + 2_500)
        batched = single
        batched.isBatched = true
        #expect(ModelPrices().cost(of: [single, batched]) == 17_500 + 8_750)
        #expect(ModelPrices(setting: "opus=1/2")?.cost(of: [single]) == 1_000 + 1_000 + 1_000 + 200)
        single.model = "unknown-1"
        #expect(ModelPrices().cost(of: [single]) == nil)
        for text in ["", "opus", "opus=1", "opus=1/x", "=1/2", "opus=-1/2"] {
            #expect(ModelPrices(setting: text) == nil)
        }
    }
}
