import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct SentimentTests {
    @Test(arguments: [
        "I love this", "Best day ever!", "not bad at all", ":)", "soooo goooood", "That was HAPPY", "thanks &lt;3", "😍",
        "The start was bad but the end was wonderful",
    ])
    func positive(_ text: String) { #expect(Sentiment.score(text) > 0) }

    @Test(arguments: [
        "I hate this", "worst day ever", "not good", "isn't very nice", ":(", "sooo sad", "😡",
        "The start was good but the end was terrible", "This sucks",
    ])
    func negative(_ text: String) { #expect(Sentiment.score(text) < 0) }

    @Test(arguments: ["", "Platform 4 today", "Bread and two lemons", "10:30", "[USER] [URL]", "\u{0}\u{1F}"])
    func neutral(_ text: String) { #expect(Sentiment.score(text) == 0) }

    @Test func emphasisWeighs() {
        #expect(Sentiment.score("very good") > Sentiment.score("good"))
        #expect(Sentiment.score("slightly good") < Sentiment.score("good"))
        #expect(Sentiment.score("good!!!") > Sentiment.score("good"))
        #expect(Sentiment.score("that is GOOD") > Sentiment.score("that is good"))
        #expect(abs(Sentiment.score("not good")) < Sentiment.score("good"))  // turned round and damped
    }

    @Test func scoresStayInRange() {
        let much = String(repeating: "love amazing wonderful!!! 😍 ", count: 200)
        #expect((0.9...1).contains(Sentiment.score(much)))
        #expect((-1 ... -0.9).contains(Sentiment.score(String(repeating: "hate awful horrible ", count: 200))))
    }

    @Test func noWordIsBothGoodAndBad() {
        let good = LexiconWords.positive.flatMap { $0.1.split(whereSeparator: \.isWhitespace) }
        let bad = LexiconWords.negative.flatMap { $0.1.split(whereSeparator: \.isWhitespace) }
        #expect(Set(good).intersection(bad).isEmpty)
        #expect(good.count + bad.count > 500)
    }
}
