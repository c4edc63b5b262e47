import FoundationEssentials

/// One post of a timeline.
public struct XTweet: Equatable, Sendable {
    var id: UInt64
    var text: String
    var createdAt: Date
    var lang: String
    var inReplyToUserID: String?
    var repostedID: String?
    var metrics: [String: Int]
    /// The ids that it had before it was edited.
    var history: [UInt64] = []
}
