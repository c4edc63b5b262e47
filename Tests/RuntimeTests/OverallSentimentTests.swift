import AnthropicAPI
import Testing

@testable import Analysis

@Suite struct OverallSentimentTests {
    @Test func theWordFollowsTheMean() {
        #expect(OverallSentiment([(.positive, 0.8), (.neutral, 0), (.positive, 0.4)]).label == "positive")
        #expect(
            OverallSentiment([(.negative, -0.8), (.neutral, 0), (.neutral, 0), (.neutral, 0), (.negative, -0.4)]).label
                == "negative")
        #expect(OverallSentiment([(.neutral, 0.1)]).label == "neutral")
        #expect(OverallSentiment([(.neutral, -0.1)]).label == "neutral")
        #expect(OverallSentiment([(.positive, 0.11)]).label == "positive")
    }

    @Test func aQuarterOnEachSideIsMixed() {
        let quarter: [(SentimentAnswer.Sentiment, Double)] = [
            (.positive, 0.9), (.negative, -0.1), (.neutral, 0), (.neutral, 0),
        ]
        #expect(OverallSentiment(quarter.map { ($0.0, $0.1) }).label == "mixed")
        let less = quarter + [(.neutral, 0)]
        #expect(OverallSentiment(less.map { ($0.0, $0.1) }).label != "mixed")
    }

    @Test func nothingIsNeutral() {
        #expect(OverallSentiment([]).label == "neutral")
        #expect(OverallSentiment([]).score == 0)
    }
}
