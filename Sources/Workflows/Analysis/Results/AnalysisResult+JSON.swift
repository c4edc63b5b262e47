import AnthropicAPI
import Contracts
import Privacy

private typealias JSONValue = Contracts.JSONValue

extension AnalysisResult {
    /// Of the shape of `json`.
    static let version = 2

    var json: Contracts.JSONValue {
        var members: [String: JSONValue] = [
            "version": .integer(Self.version),
            "versions": [
                "prompt": .integer(JudgementPrompt.version), "schema": .integer(SentimentSchema.version),
                "detector": .integer(SanitizationReceipt.detectorVersion), "screen": .integer(FreeTextScreen.version),
            ],
            "models": texts(models), "sentiment": .string(overall.label), "score": .number(overall.score),
            "counts": Self.json(counts), "themes": texts(themes), "summary": .string(summary),
            "notable": texts(notable),
            "declined": texts(declined), "withheld": .integer(withheld),
        ]
        members["tweets"] = .array(
            verdicts.map {
                ["id": .string($0.id), "sentiment": .string($0.sentiment.rawValue), "score": .number($0.score)]
            })
        members["trend"] = .array(
            weeks.map {
                [
                    "week": .string($0.monday), "tweets": .integer($0.tweets), "score": .number($0.score),
                    "counts": Self.json($0.counts),
                ]
            })
        members["risks"] = .array(risks.map { ["risk": .string($0.risk.rawValue), "tweets": texts($0.tweets)] })
        members["prompts"] = .array(
            receipts.map {
                [
                    "detector": .integer($0.detector), "sha256": .string($0.sha256), "tweets": .integer($0.tweets),
                    "replaced": .object($0.replaced.mapValues { .integer($0) }),
                ]
            })
        return .object(members)
    }

    private func texts(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }

    private static func json(_ counts: Counts) -> JSONValue {
        [
            "positive": .integer(counts.positive), "neutral": .integer(counts.neutral),
            "negative": .integer(counts.negative),
        ]
    }
}
