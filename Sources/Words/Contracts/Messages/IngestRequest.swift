/// Read a user's timeline and store it.
public struct IngestRequest: RequestBody {
    public static let messageType = MessageType.ingest
    public static let routingKey = RoutingKey.ingest
    /// X serves at most the latest 3,200 tweets of a timeline.
    public static let tweetLimits = 1...3200

    public let userID: UserID
    public let maxTweets: Int
    /// Whether an analysis follows.
    public let analyze: Bool

    /// `maxTweets` is brought into `tweetLimits`.
    public init(userID: UserID, maxTweets: Int = 800, analyze: Bool = true) {
        self.userID = userID
        self.maxTweets = min(max(maxTweets, Self.tweetLimits.lowerBound), Self.tweetLimits.upperBound)
        self.analyze = analyze
    }

    public static func decode(_ bytes: [UInt8]) throws(InvalidMessage) -> IngestRequest {
        let fields = try JSONFields(bytes)
        return IngestRequest(
            userID: try fields.userID(), maxTweets: try fields.optionalInteger("max_tweets", in: tweetLimits) ?? 800,
            analyze: try fields.optionalBoolean("analyze") ?? true)
    }

    public func encode() -> [UInt8] {
        JSONWriter.object { json in
            json.field("user_id", userID.rawValue)
            json.field("max_tweets", .integer(maxTweets))
            json.field("analyze", .boolean(analyze))
        }
    }
}
