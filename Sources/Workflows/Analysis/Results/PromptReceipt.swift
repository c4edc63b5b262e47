import Privacy

/// Proves later what was sent to a model, without the text: which detector looked, what it took out, the SHA-256 of what was left, and
/// how many tweets that were.
struct PromptReceipt: Equatable, Sendable {
    let detector: Int
    /// Kind (`user`, `email`, …) to how often it was replaced.
    let replaced: [String: Int]
    /// 64 small hexadecimal digits, over the prompt's text in UTF-8.
    let sha256: String
    let tweets: Int

    init(_ receipt: SanitizationReceipt, tweets: Int) {
        (detector, replaced, sha256) = (receipt.detector, receipt.replaced, receipt.sha256)
        self.tweets = tweets
    }

    var replacements: Int { replaced.values.reduce(0, +) }

    var json: JSONValue {
        [
            "detector": .integer(Int64(detector)),
            "replaced": .object(
                replaced.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .integer(Int64($0.value))) }),
            "sha256": .string(sha256), "tweets": .integer(Int64(tweets)),
        ]
    }

    init?(_ json: JSONValue) {
        guard let detector = json["detector"]?.integer, let sha256 = json["sha256"]?.string,
            let tweets = json["tweets"]?.integer, let members = json["replaced"]?.members
        else { return nil }
        self.detector = Int(detector)
        self.sha256 = sha256
        self.tweets = Int(tweets)
        replaced = Dictionary(
            members.compactMap { member in member.value.integer.map { (member.key, Int($0)) } },
            uniquingKeysWith: { first, _ in first })
    }
}
