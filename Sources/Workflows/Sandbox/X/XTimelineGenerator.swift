import FoundationEssentials

/// What a generated timeline is about.
enum XMood: String, Sendable, CaseIterable { case glad, angry, mixed }

/// Makes a timeline from the user's id alone: the same id, mood and count give the same posts on every machine.
/// Some hold mentions, links, addresses and numbers (all of reserved ranges), so that a sanitizer has work to do.
enum XTimelineGenerator {
    /// The newest moment of every timeline. Fixed, so that runs can be compared.
    static let newest = Date(timeIntervalSince1970: 1_782_907_200)  // 2026-07-01T12:00:00Z
    private static let snowflakeEpoch = 1_288_834_974_657

    /// Newest first.
    static func timeline(user: String, mood: XMood, count: Int) -> [XTweet] {
        var random = SeededRandom(seed: "timeline/\(user)/\(mood.rawValue)")
        var milliseconds = Int(newest.timeIntervalSince1970) * 1_000
        return (0..<count).map { _ in
            milliseconds -= Int.random(in: 60_000...14_400_000, using: &random)
            let tail = UInt64.random(in: 0..<(1 << 22), using: &random)
            let id = UInt64(max(0, milliseconds - snowflakeEpoch)) << 22 | tail
            let words = XPhrases.text(mood, &random)
            return XTweet(
                id: id, text: words.text, createdAt: Date(timeIntervalSince1970: Double(milliseconds) / 1_000),
                lang: "en", inReplyToUserID: words.isReply ? "2244994945" : nil,
                repostedID: words.isRepost ? String(id - 987_654_321) : nil, metrics: metrics(of: id))
        }
    }

    static func metrics(of id: UInt64) -> [String: Int] {
        var random = SeededRandom(seed: "metrics/\(id)")
        return [
            "like_count": Int.random(in: 0...90, using: &random), "reply_count": Int.random(in: 0...9, using: &random),
            "retweet_count": Int.random(in: 0...12, using: &random),
            "quote_count": Int.random(in: 0...3, using: &random),
            "bookmark_count": Int.random(in: 0...5, using: &random),
            "impression_count": Int.random(in: 50...4_000, using: &random),
        ]
    }
}
