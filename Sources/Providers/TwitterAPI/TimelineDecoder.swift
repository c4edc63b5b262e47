import HTTPTransport
import Privacy

/// An answer to `GET /2/users/{id}/tweets`, of whatever status, as a page or as an error.
struct TimelineDecoder {
    let userID: String
    /// The token the page was asked with: one that names itself as the next would never end.
    var paginationToken: String?

    func page(_ response: HTTPResponse) throws(TwitterError) -> TimelinePage {
        guard response.status == 200 else { throw ProblemDecoder.error(response) }
        let root = try AnswerJSON.object(response.body)
        let problems = try list(root["errors"], "errors")
        let entries = try list(root["data"], "data")
        guard let count = root["meta"]?["result_count"]?.integer else {
            throw ProblemDecoder.account(problems) ?? .malformedAnswer("meta.result_count is missing")
        }
        // Posts left out, and told in `errors`, may be counted or not.
        let agrees = count == 0 ? entries.isEmpty : count > 0 && !(entries.isEmpty && problems.isEmpty)
        guard agrees, entries.count <= 100 else { throw .malformedAnswer("data and meta.result_count differ") }
        let tweets = try tweets(entries)
        return TimelinePage(
            tweets: tweets, nextToken: try nextToken(root["meta"]?["next_token"]),
            newestID: try newest(root["meta"]?["newest_id"]) ?? tweets.first?.id, partialErrors: problems.count,
            reads: entries.count)
    }

    private func tweets(_ entries: [JSONValue]) throws(TwitterError) -> [Tweet] {
        let decoder = TweetDecoder(userID: userID)
        var seen: Set<UInt64> = []
        var tweets: [(number: UInt64, tweet: Tweet)] = []
        for entry in entries {
            let tweet = try decoder.tweet(entry)
            guard let number = TweetID.number(tweet.id) else { throw .malformedAnswer("a post has no valid id") }
            if seen.insert(number).inserted { tweets.append((number, tweet)) }
        }
        return tweets.sorted { $0.number > $1.number }.map(\.tweet)
    }

    private func nextToken(_ value: JSONValue?) throws(TwitterError) -> String? {
        guard let value, value != .null else { return nil }
        guard let token = value.string, (1...1024).contains(token.utf8.count),
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .malformedAnswer("meta.next_token is no token") }
        guard token != paginationToken else { throw .malformedAnswer("meta.next_token leads back to the same page") }
        return token
    }

    private func newest(_ value: JSONValue?) throws(TwitterError) -> String? {
        guard let value, value != .null else { return nil }
        guard let id = value.string, TweetID.isValid(id) else { throw .malformedAnswer("meta.newest_id is no id") }
        return id
    }

    private func list(_ value: JSONValue?, _ name: String) throws(TwitterError) -> [JSONValue] {
        guard let value, value != .null else { return [] }
        guard let elements = value.elements else { throw .malformedAnswer("\(name) is no list") }
        return elements
    }
}
