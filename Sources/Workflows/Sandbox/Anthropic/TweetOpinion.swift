/// What the sandbox's "model" thinks of the tweets of a prompt, written in the shape that a JSON schema asks for.
struct TweetOpinion {
    private let tweets: [PromptTweet]
    private let scores: [Double]

    init(_ tweets: [PromptTweet]) {
        self.tweets = tweets
        scores = tweets.map { Sentiment.score($0.text) }
    }

    /// Without a schema, a sentence; with one, one JSON object.
    func answer(to schema: JSON?) -> String {
        guard let schema else { return summary }
        return top(schema).text
    }

    private func top(_ schema: JSON) -> JSON {
        var members: [String: JSON] = [:]
        for (name, property) in schema["properties"]?.object ?? [:] {
            members[name] =
                switch name {
                case "tweets": .array(tweets.indices.map { entry($0, property["items"]) })
                case "themes": .array(TweetThemes.of(tweets.map(\.text)).map(JSON.string))
                case "summary": .string(summary)
                case "notable": .array(notable)
                case "risks": .array(risks)
                case "sentiment": .string(Self.word(overall, among: property))
                case "score": .double(overall)
                default: Self.filler(property)
                }
        }
        return .object(members)
    }

    private func entry(_ index: Int, _ schema: JSON?) -> JSON {
        var members: [String: JSON] = [
            "n": .int(Int64(tweets[index].number)), "score": .double(scores[index]),
            "sentiment": .string(Self.word(scores[index], among: schema?["properties"]?["sentiment"])),
        ]
        guard let asked = schema?["properties"]?.object else { return .object(members) }
        members = members.filter { asked[$0.key] != nil }
        for (name, property) in asked where members[name] == nil { members[name] = Self.filler(property) }
        return .object(members)
    }

    /// The numbers of the three with the strongest tone.
    private var notable: [JSON] {
        let strongest = tweets.indices.sorted { abs(scores[$0]) > abs(scores[$1]) }.prefix(3)
        return strongest.filter { scores[$0] != 0 }.map { .int(Int64(tweets[$0].number)) }
    }

    /// Coarse words, as far as a list of a few goes.
    private var risks: [JSON] {
        tweets.filter { tweet in
            let words = tweet.text.lowercased().split { !$0.isLetter }
            return words.contains { ["damn", "shit", "fuck", "fucking", "crap", "bitch", "bastard"].contains($0) }
        }.map { ["n": .int(Int64($0.number)), "risk": "profanity"] }
    }

    /// To two places.
    private var overall: Double {
        guard !scores.isEmpty else { return 0 }
        return (scores.reduce(0, +) / Double(scores.count) * 100).rounded() / 100
    }

    private var summary: String {
        let glad = scores.filter { $0 > 0 }.count
        let cross = scores.filter { $0 < 0 }.count
        let mood = overall > 0.05 ? "glad" : overall < -0.05 ? "angry or sad" : "even"
        return "\(scores.count) tweets: \(glad) positive, \(cross) negative, \(scores.count - glad - cross) neutral. "
            + "On the whole the mood is \(mood)."
    }

    private static func word(_ score: Double, among property: JSON?) -> String {
        let word = score > 0 ? "positive" : score < 0 ? "negative" : "neutral"
        let allowed = property?["enum"]?.array?.compactMap(\.string) ?? [word]
        return allowed.contains(word) ? word : allowed.first ?? word
    }

    /// The plainest value that a schema allows.
    private static func filler(_ schema: JSON) -> JSON {
        if let first = schema["enum"]?.array?.first ?? schema["const"] { return first }
        switch schema["type"]?.string {
        case "string": return ""
        case "integer", "number": return 0
        case "boolean": return false
        case "array": return []
        case "object": return .object((schema["properties"]?.object ?? [:]).mapValues(filler))
        default: return .null
        }
    }
}
