import Privacy

/// A model's judgement of a numbered list of tweets, checked.
public struct SentimentAnswer: Equatable, Sendable {
    public enum Sentiment: String, CaseIterable, Sendable {
        case positive
        case neutral
        case negative
    }

    public struct Judgement: Equatable, Sendable {
        /// The tweet's number in the prompt, from 1.
        public let n: Int
        public let sentiment: Sentiment
        /// −1…1
        public let score: Double
    }

    public struct Risk: Hashable, Sendable {
        public let n: Int
        public let risk: ReputationRisk
    }

    /// One for each tweet, by number.
    public let tweets: [Judgement]
    /// Numbers of tweets worth a look, each once; at most 10.
    public let notable: [Int]
    /// Each pair once; at most as many as there are tweets.
    public let risks: [Risk]
    /// At most 10, of at most 60 characters each.
    public let themes: [String]
    /// At most 600 characters.
    public let summary: String

    /// Takes exactly the shape of `SentimentSchema`, with each number of 1…count once; anything else is
    /// `.malformedAnswer`, which names the place.
    public static func decode(_ text: String, expecting count: Int) throws(AnthropicError) -> SentimentAnswer {
        let root = try MessageDecoder.object(Array(text.utf8))
        try require(root, exactly: ["tweets", "themes", "notable", "risks", "summary"], "the answer")
        guard let entries = root["tweets"]?.elements else { throw .malformedAnswer("tweets is no list") }
        guard let themes = root["themes"]?.elements, themes.count <= 10 else {
            throw .malformedAnswer("themes is no list of at most 10")
        }
        return SentimentAnswer(
            tweets: try judgements(entries, count), notable: try notable(root["notable"], count),
            risks: try risks(root["risks"], count), themes: try themes.map(theme),
            summary: try self.text(root["summary"], 600, allowsLines: true, "summary"))
    }

    private static func judgements(_ entries: [JSONValue], _ count: Int) throws(AnthropicError) -> [Judgement] {
        guard entries.count == count else {
            throw .malformedAnswer("tweets has \(entries.count) entries, not \(count)")
        }
        var judgements: [Judgement] = []
        var seen: Set<Int> = []
        for entry in entries {
            try require(entry, exactly: ["n", "sentiment", "score"], "an entry of tweets")
            let n = try number(entry["n"], count, "tweets")
            guard seen.insert(n).inserted else { throw .malformedAnswer("tweets has n \(n) twice") }
            guard let sentiment = entry["sentiment"]?.string.flatMap(Sentiment.init(rawValue:)) else {
                throw .malformedAnswer("tweet \(n) has no sentiment")
            }
            guard let score = entry["score"]?.number, (-1...1).contains(score) else {
                throw .malformedAnswer("tweet \(n) has no score of −1…1")
            }
            judgements.append(Judgement(n: n, sentiment: sentiment, score: score))
        }
        return judgements.sorted { $0.n < $1.n }
    }

    private static func notable(_ value: JSONValue?, _ count: Int) throws(AnthropicError) -> [Int] {
        guard let entries = value?.elements, entries.count <= 10 else {
            throw .malformedAnswer("notable is no list of at most 10")
        }
        var numbers: [Int] = []
        for entry in entries {
            let n = try number(entry, count, "notable")
            guard !numbers.contains(n) else { throw .malformedAnswer("notable has n \(n) twice") }
            numbers.append(n)
        }
        return numbers
    }

    private static func risks(_ value: JSONValue?, _ count: Int) throws(AnthropicError) -> [Risk] {
        guard let entries = value?.elements, entries.count <= count else {
            throw .malformedAnswer("risks is no list of at most \(count)")
        }
        var risks: Set<Risk> = []
        for entry in entries {
            try require(entry, exactly: ["n", "risk"], "an entry of risks")
            let n = try number(entry["n"], count, "risks")
            guard let risk = entry["risk"]?.string.flatMap(ReputationRisk.init(rawValue:)) else {
                throw .malformedAnswer("risks has none of the list for tweet \(n)")
            }
            guard risks.insert(Risk(n: n, risk: risk)).inserted else {
                throw .malformedAnswer("risks has one twice for tweet \(n)")
            }
        }
        return risks.sorted { ($0.n, $0.risk.rawValue) < ($1.n, $1.risk.rawValue) }
    }

    private static func number(
        _ value: JSONValue?, _ count: Int, _ place: String
    ) throws(AnthropicError) -> Int {
        guard let n = value?.integer, n >= 1, n <= count else {
            throw .malformedAnswer("an entry of \(place) has an n outside 1…\(count)")
        }
        return Int(n)
    }

    private static func theme(_ value: JSONValue) throws(AnthropicError) -> String {
        try text(value, 60, allowsLines: false, "an entry of themes")
    }

    private static func text(
        _ value: JSONValue?, _ limit: Int, allowsLines: Bool, _ name: String
    ) throws(AnthropicError) -> String {
        guard let text = value?.string else { throw .malformedAnswer("\(name) is no text") }
        // Scalars too: one character can be made of thousands.
        guard text.count <= limit, text.unicodeScalars.count <= limit * 4 else {
            throw .malformedAnswer("\(name) is longer than \(limit) characters")
        }
        guard
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control || (allowsLines && $0 == "\n") })
        else { throw .malformedAnswer("\(name) has control characters") }
        return text
    }

    private static func require(
        _ value: JSONValue, exactly names: Set<String>, _ place: String
    ) throws(AnthropicError) {
        guard let members = value.members else { throw .malformedAnswer("\(place) is no object") }
        guard Set(members.map(\.key)) == names else {
            throw .malformedAnswer("\(place) does not have exactly \(names.sorted().joined(separator: ", "))")
        }
    }
}

extension SentimentAnswer: CustomStringConvertible, CustomReflectable {
    public var description: String { "judgement of \(tweets.count) tweets" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
