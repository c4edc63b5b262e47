public import FoundationEssentials

/// One post of a timeline, as little of it as analysis and export need. Printing shows its id only.
public struct Tweet: Equatable, Sendable {
    /// `^[0-9]{1,19}$`
    public let id: String
    /// The whole text of a long post, not its shortened form. Without U+0000, which PostgreSQL cannot store.
    public let text: String
    public let lang: String?
    public let postedAt: Date?
    /// `like_count` and the like; never negative.
    public let metrics: [String: Int]
    /// The id of somebody's post that this one only repeats: its words are not the user's own.
    public let repostOf: String?
    /// Written by the user asked for.
    public let isOwn: Bool
    /// The ids under which this post stood before it was edited. Their content may not be kept.
    public let earlierVersions: [String]
    /// X knows a later version, which has an id and an entry of its own.
    public let isOutdated: Bool

    public init(
        id: String, text: String, lang: String? = nil, postedAt: Date? = nil, metrics: [String: Int] = [:],
        repostOf: String? = nil, isOwn: Bool = true, earlierVersions: [String] = [], isOutdated: Bool = false
    ) {
        self.id = id
        self.text = text
        self.lang = lang
        self.postedAt = postedAt
        self.metrics = metrics
        self.repostOf = repostOf
        self.isOwn = isOwn
        self.earlierVersions = earlierVersions
        self.isOutdated = isOutdated
    }
}

extension Tweet: CustomStringConvertible, CustomReflectable {
    public var description: String { "tweet \(id)" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
