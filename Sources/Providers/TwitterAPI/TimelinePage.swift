/// One page of a timeline.
public struct TimelinePage: Equatable, Sendable {
    /// Newest first, each id once.
    public let tweets: [Tweet]
    /// For the next, older page; `nil` = this was the last.
    public let nextToken: String?
    /// The highest id of the page, for the next run's `sinceID`.
    public let newestID: String?
    /// Posts that X left out and said so (withheld, deleted meanwhile).
    public let partialErrors: Int
    /// Posts that X delivered, each of which it charges for: those that came twice too.
    public let reads: Int

    public init(
        tweets: [Tweet], nextToken: String? = nil, newestID: String? = nil, partialErrors: Int = 0,
        reads: Int = 0
    ) {
        self.tweets = tweets
        self.nextToken = nextToken
        self.newestID = newestID
        self.partialErrors = partialErrors
        self.reads = reads
    }
}
