import AnthropicAPI

/// One word and one number for many tweets. Pure.
///
/// The score is the mean of the tweets' scores. The word is `mixed` when at least a quarter of the tweets are positive and a
/// quarter negative; otherwise it follows the mean, with ±0.1 for neutral.
struct OverallSentiment: Equatable {
    let label: String
    let score: Double

    init(_ verdicts: [(sentiment: SentimentAnswer.Sentiment, score: Double)]) {
        let count = Double(max(verdicts.count, 1))
        score = min(1, max(-1, verdicts.reduce(0) { $0 + $1.score } / count))
        let positive = Double(verdicts.count { $0.sentiment == .positive }) / count
        let negative = Double(verdicts.count { $0.sentiment == .negative }) / count
        label =
            if positive >= 0.25, negative >= 0.25 { "mixed" } else if score > 0.1 { "positive" } else if score < -0.1 {
                "negative"
            } else { "neutral" }
    }
}
