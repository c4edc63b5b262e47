import FoundationEssentials

/// The checked parameters of `GET /2/users/{id}/tweets`.
struct XTimelineQuery {
    /// X is renaming tweets to posts; an answer uses the words of the question.
    enum Spelling: String { case tweet, post }

    var pageSize = 10
    var sinceID: UInt64?
    var untilID: UInt64?
    var startTime: Date?
    var endTime: Date?
    var excludesReplies = false
    var excludesReposts = false
    var spelling = Spelling.tweet
    var fields: Set<String> = ["id", "text", "edit_history_tweet_ids"]
    var expandsAuthor = false
    var pageToken: String?

    private static let ignored: Set<String> = [
        "expansions", "user.fields", "media.fields", "poll.fields", "place.fields",
    ]
    private static let tweetFields: Set<String> = [
        "article", "attachments", "author_id", "card_uri", "community_id", "context_annotations", "conversation_id",
        "created_at", "display_text_range", "edit_controls", "edit_history_tweet_ids", "entities", "geo", "id",
        "in_reply_to_user_id", "lang", "media_metadata", "non_public_metrics", "note_tweet", "organic_metrics",
        "possibly_sensitive", "promoted_metrics", "public_metrics", "referenced_tweets", "reply_settings", "scopes",
        "source", "suggested_source_links", "text", "withheld",
    ]

    init(_ form: FormFields) throws(XProblem) {
        for pair in form.pairs { try read(pair.name, pair.value) }
        if form["tweet.fields"] != nil, let other = form["post.fields"] {
            throw .invalid("post.fields", other, "cannot be used together with `tweet.fields`")
        }
        if let startTime, let endTime, startTime >= endTime {
            throw .invalid("end_time", form["end_time"] ?? "", "must be later than `start_time`")
        }
    }

    private mutating func read(_ name: String, _ value: String) throws(XProblem) {
        switch name {
        case "max_results":
            guard let size = Int(value), (5...100).contains(size) else {
                throw .invalid(name, value, "is not between 5 and 100")
            }
            pageSize = size
        case "pagination_token": pageToken = value
        case "since_id": sinceID = try identifier(name, value)
        case "until_id": untilID = try identifier(name, value)
        case "start_time": startTime = try time(name, value)
        case "end_time": endTime = try time(name, value)
        case "exclude": try readExclusions(name, value)
        case "tweet.fields": try readFields(name, value, .tweet)
        case "post.fields": try readFields(name, value, .post)
        case _ where Self.ignored.contains(name):
            if name == "expansions" { expandsAuthor = value.split(separator: ",").contains("author_id") }
        default: throw .invalid(name, value, "is not a parameter of this endpoint")
        }
    }

    private func identifier(_ name: String, _ value: String) throws(XProblem) -> UInt64 {
        guard let id = XIdentifier.number(value) else { throw .invalid(name, value, "does not match ^[0-9]{1,19}$") }
        return id
    }

    private func time(_ name: String, _ value: String) throws(XProblem) -> Date {
        guard let date = Timestamp.date(value) else { throw .invalid(name, value, "is not a valid RFC3339 date") }
        return date
    }

    private mutating func readExclusions(_ name: String, _ value: String) throws(XProblem) {
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            switch part {
            case "replies": excludesReplies = true
            case "retweets": excludesReposts = true
            default: throw .invalid(name, value, "is not one of [replies,retweets]")
            }
        }
    }

    private mutating func readFields(_ name: String, _ value: String, _ spelling: Spelling) throws(XProblem) {
        self.spelling = spelling
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            var field = String(part)
            if spelling == .post {  // one set of names inside, the asker's names outside
                field =
                    ["edit_history_post_ids": "edit_history_tweet_ids", "referenced_posts": "referenced_tweets"][field]
                    ?? field
            }
            guard Self.tweetFields.contains(field) else { throw .invalid(name, value, "names an unknown field") }
            fields.insert(field)
        }
    }
}
