import AnthropicAPI
import Privacy

/// What one call to a model came to: judgements by tweet, what it said of its tweets as a whole, and what it cost. A call that came to
/// nothing is a part too: it was paid for.
struct AnalysisPart: Equatable, Sendable {
    struct Verdict: Equatable, Sendable {
        let id: String
        let sentiment: SentimentAnswer.Sentiment
        let score: Double
    }

    struct Risk: Equatable, Hashable, Sendable {
        let id: String
        let risk: ReputationRisk
    }

    var model = ""
    var verdicts: [Verdict] = []
    /// Tweets that the model would not, or could not, judge even by themselves.
    var declined: [String] = []
    var themes: [String] = []
    var notable: [String] = []
    var risks: [Risk] = []
    var summary = ""
    var usage = TokenUsage(uncachedInput: 0, output: 0)
    /// Asked as part of a batch, at half the price.
    var isBatched = false
    /// Themes and summaries that were not fit to be stored.
    var withheld = 0
    /// What was done to the prompt's texts; nil for a part that says only what was declined.
    var receipt: PromptReceipt?
}

extension AnalysisPart {
    /// An answer, checked and screened. Of tweets that stand apart only the judgements are used.
    init(_ answer: SentimentAnswer, to question: Question, model: String, screen: FreeTextScreen) {
        let ids = question.tweets.map(\.id)
        self.model = model
        verdicts = answer.tweets.map { Verdict(id: ids[$0.n - 1], sentiment: $0.sentiment, score: $0.score) }
        risks = answer.risks.map { Risk(id: ids[$0.n - 1], risk: $0.risk) }
        guard !question.isApart else { return }
        notable = answer.notable.map { ids[$0 - 1] }
        themes = answer.themes.filter { screen.admits(theme: $0) }
        summary = screen.admits(summary: answer.summary) ? answer.summary : ""
        withheld = answer.themes.count - themes.count + (summary == answer.summary ? 0 : 1)
    }
}

extension AnalysisPart: CustomStringConvertible, CustomReflectable {
    var description: String { "part with \(verdicts.count) judgements" }
    var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

// MARK: As it is stored until the analysis is

extension AnalysisPart {
    var json: Privacy.JSONValue {
        [
            "model": .string(model), "batched": .bool(isBatched), "withheld": .integer(Int64(withheld)),
            "tweets": .array(
                verdicts.map {
                    ["id": .string($0.id), "sentiment": .string($0.sentiment.rawValue), "score": .number($0.score)]
                }),
            "declined": .array(declined.map { .string($0) }), "themes": .array(themes.map { .string($0) }),
            "notable": .array(notable.map { .string($0) }), "summary": .string(summary),
            "risks": .array(risks.map { ["id": .string($0.id), "risk": .string($0.risk.rawValue)] }),
            "usage": .array(
                [usage.uncachedInput, usage.cacheCreation, usage.cacheRead, usage.output].map { .integer(Int64($0)) }),
            "receipt": receipt?.json ?? .null,
        ]
    }

    /// Nil for what this program did not write.
    init?(_ json: Privacy.JSONValue) {
        guard let model = json["model"]?.string, let tweets = json["tweets"]?.elements,
            let numbers = json["usage"]?.elements?.compactMap(\.integer), numbers.count == 4
        else { return nil }
        self.init()
        self.model = model
        isBatched = json["batched"]?.bool ?? false
        withheld = Int(json["withheld"]?.integer ?? 0)
        for tweet in tweets {
            guard let id = tweet["id"]?.string, let score = tweet["score"]?.number,
                let sentiment = tweet["sentiment"]?.string.flatMap(SentimentAnswer.Sentiment.init(rawValue:))
            else { return nil }
            verdicts.append(Verdict(id: id, sentiment: sentiment, score: score))
        }
        func texts(_ name: String) -> [String] { (json[name]?.elements ?? []).compactMap(\.string) }
        (declined, themes, notable) = (texts("declined"), texts("themes"), texts("notable"))
        summary = json["summary"]?.string ?? ""
        risks = (json["risks"]?.elements ?? []).compactMap { entry in
            guard let id = entry["id"]?.string, let risk = entry["risk"]?.string.flatMap(ReputationRisk.init(rawValue:))
            else { return nil }
            return Risk(id: id, risk: risk)
        }
        usage = TokenUsage(
            uncachedInput: Int(numbers[0]), cacheCreation: Int(numbers[1]), cacheRead: Int(numbers[2]),
            output: Int(numbers[3]))
        receipt = json["receipt"].flatMap { PromptReceipt($0) }
    }
}
