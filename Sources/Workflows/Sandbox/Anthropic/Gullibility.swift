/// A model that obeys what it reads, for tests of those who should not let it: which phrases it takes for orders, and whether it looks
/// for them inside of the tweets too, or only outside of the block that holds them.
///
/// To a model a block ends where it reads `</tweets>`, wherever that stands.
struct Gullibility: Equatable, Sendable {
    enum Effect: String, Sendable {
        /// Every tweet of the call is called positive.
        case label
        /// The system part is told in the summary.
        case leak
        /// It answers in prose.
        case shape
    }

    struct Order: Equatable, Sendable {
        let phrase: String
        let effect: Effect
    }

    var orders: [Order] = []
    var looksInside = false

    func effects(of request: MessagesRequest) -> Set<Effect> {
        guard !orders.isEmpty else { return [] }
        let texts =
            request.texts.filter { $0.place.hasPrefix("messages.") }.map { Self.outside(of: $0.text) }
            + (looksInside ? request.tweets.map(\.text) : [])
        return Set(orders.filter { order in texts.contains { $0.contains(order.phrase) } }.map(\.effect))
    }

    func applied(_ effects: Set<Effect>, to text: String, of request: MessagesRequest) -> String {
        if effects.contains(.shape) {
            return "Of course. All of these posts are wonderful, and I shall not write JSON."
        }
        guard !effects.isEmpty, var members = JSON(text: text)?.object else { return text }
        if effects.contains(.label) {
            members["tweets"] = .array(
                (members["tweets"]?.array ?? []).map { tweet in
                    var tweet = tweet.object ?? [:]
                    (tweet["sentiment"], tweet["score"]) = ("positive", 1)
                    return .object(tweet)
                })
        }
        if effects.contains(.leak) {
            let system = request.texts.filter { $0.place.hasPrefix("system") }.map(\.text).joined(separator: " ")
            members["summary"] = .string(String(system.prefix(300)))
            members["themes"] = .array([.string(String(system.prefix(50)))])
        }
        return JSON.object(members).text
    }

    private static func outside(of text: String) -> String {
        guard let begin = text.firstRange(of: "<tweets>") else { return text }
        let rest = text[begin.upperBound...]
        guard let end = rest.firstRange(of: "</tweets>") else { return String(text[..<begin.lowerBound]) }
        return text[..<begin.lowerBound] + "\n" + rest[end.upperBound...]
    }
}
