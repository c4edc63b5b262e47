/// Tweets that go to a model in one call.
struct Question: Equatable, Sendable {
    let tweets: [StoredTweet]
    /// They look as if they spoke to the model. They stand apart from all others, so that whatever they bring about is theirs alone,
    /// and what the model says of them as a whole is not used.
    let isApart: Bool

    /// Two questions of half the size; nil for a single tweet.
    var halves: (Question, Question)? {
        guard tweets.count > 1 else { return nil }
        let middle = tweets.count / 2
        return (
            Question(tweets: Array(tweets[..<middle]), isApart: isApart),
            Question(tweets: Array(tweets[middle...]), isApart: isApart)
        )
    }

    /// `max_tokens` for its answer.
    var answerTokens: Int { QuestionPacker.answerOverhead + QuestionPacker.answerPerTweet * tweets.count }
}

/// Packs tweets into as few calls as fit: each call stays within a budget of tokens in and out. Pure.
struct QuestionPacker: Sendable {
    /// Tokens for one tweet's judgement, and for the rest of an answer; rather too many.
    static let answerPerTweet = 30
    static let answerOverhead = 1_000
    /// A tweet's line in the prompt beside its text.
    static let lineTokens = 8
    /// Of tweets that stand apart: whoever writes many of them spoils few of them.
    static let mostApart = 20

    /// Of the tweets in a prompt, and of an answer: about two minutes of a model's time.
    var inputTokens = 24_000
    var outputTokens = 9_000

    /// Keeps a call well within what the organisation may use in a minute.
    init(input: Int = .max, output: Int = .max) {
        inputTokens = min(inputTokens, max(1_000, input / 2))
        outputTokens = min(outputTokens, max(Self.answerOverhead + Self.answerPerTweet, output / 2))
    }

    func questions(for tweets: [StoredTweet]) -> [Question] {
        let isApart = tweets.map { InjectionLookout.isSuspicious($0.text) }
        return pack(zip(tweets, isApart).filter { !$1 }.map(\.0), apart: false, most: .max)
            + pack(zip(tweets, isApart).filter(\.1).map(\.0), apart: true, most: Self.mostApart)
    }

    private func pack(_ tweets: [StoredTweet], apart: Bool, most: Int) -> [Question] {
        var questions: [Question] = []
        var current: [StoredTweet] = []
        var input = 0
        let fitting = max(1, (outputTokens - Self.answerOverhead) / Self.answerPerTweet)
        for tweet in tweets {
            let size = Self.tokens(of: tweet.text)
            if !current.isEmpty, input + size > inputTokens || current.count >= min(fitting, most) {
                questions.append(Question(tweets: current, isApart: apart))
                (current, input) = ([], 0)
            }
            current.append(tweet)
            input += size
        }
        if !current.isEmpty { questions.append(Question(tweets: current, isApart: apart)) }
        return questions
    }

    /// Rather too many: a token is seldom less than three bytes of UTF-8.
    static func tokens(of text: String) -> Int { (text.utf8.count + 2) / 3 + lineTokens }
}
