import FoundationEssentials

/// Reads a timeline of JSON lines: `{"id","text"}`, and where known `created_at`, `lang`, `public_metrics`,
/// `in_reply_to_user_id`. Ids may be numbers or strings of 1 to 19 digits; other fields are ignored.
public enum XTimelineFile {
    /// Newest first. A time that is missing is derived: the newest id stands at a fixed moment, the others follow
    /// back from there at even steps.
    public static func read(_ bytes: [UInt8]) throws(XTimelineFileError) -> [XTweet] {
        var tweets: [(tweet: XTweet, hasTime: Bool)] = []
        var lineOfID: [UInt64: Int] = [:]
        for (offset, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
            let read = try tweet(Array(line), line: offset + 1)
            if let earlier = lineOfID.updateValue(offset + 1, forKey: read.tweet.id) {
                throw XTimelineFileError(line: offset + 1, problem: "the id stands on line \(earlier) already")
            }
            tweets.append(read)
        }
        tweets.sort { $0.tweet.id > $1.tweet.id }
        return tweets.enumerated().map { offset, read in
            var tweet = read.tweet
            if !read.hasTime { tweet.createdAt = XTimelineGenerator.newest - Double(offset) * 2_220 }
            return tweet
        }
    }

    private static func tweet(_ line: [UInt8], line number: Int) throws(XTimelineFileError) -> (
        tweet: XTweet, hasTime: Bool
    ) {
        func wrong(_ problem: String) -> XTimelineFileError { XTimelineFileError(line: number, problem: problem) }
        guard let members = JSON(bytes: line)?.object else { throw wrong("not one JSON object in UTF-8") }
        guard let id = identifier(members["id"]) else { throw wrong("\"id\" is not 1 to 19 digits") }
        guard let text = members["text"]?.string else { throw wrong("\"text\" is missing or not a string") }
        var created: Date?
        if let value = members["created_at"], value != .null {
            guard let date = value.string.flatMap(Timestamp.date) else {
                throw wrong("\"created_at\" is not an RFC 3339 time")
            }
            created = date
        }
        var metrics = XTimelineGenerator.metrics(of: id)
        for (name, value) in members["public_metrics"]?.object ?? [:] { metrics[name] = value.int }
        let tweet = XTweet(
            id: id, text: text, createdAt: created ?? XTimelineGenerator.newest,
            lang: members["lang"]?.string ?? "en", inReplyToUserID: members["in_reply_to_user_id"]?.string,
            repostedID: nil, metrics: metrics)
        return (tweet, created != nil)
    }

    private static func identifier(_ value: JSON?) -> UInt64? {
        switch value {
        case .int(let number)?: UInt64(exactly: number)
        case .string(let text)?: XIdentifier.number(text)
        default: nil
        }
    }
}

/// Names the line, never what stands on it.
public struct XTimelineFileError: Error, Equatable, CustomStringConvertible {
    public var line: Int
    public var problem: String

    public var description: String { "line \(line): \(problem)" }
}

/// Ids of X are strings of 1 to 19 digits (`^[0-9]{1,19}$`).
enum XIdentifier {
    static func number(_ text: String) -> UInt64? {
        guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return UInt64(text)
    }
}
