import Contracts
import FoundationEssentials
import Isolation
import Postgres

/// One of the user's tweets that is to be judged.
struct StoredTweet: Equatable, Sendable {
    let id: String
    let text: String
    let postedAt: Date?
}

extension StoredTweet: CustomStringConvertible, CustomReflectable {
    var description: String { "tweet \(id)" }
    var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// A user's own tweets that no analysis of this kind has paid for yet, newest first.
enum UnjudgedTweets {
    static func read(of kind: AnalyzeRequest.Kind, _ rows: UserRows) async throws -> [StoredTweet] {
        let found = try await rows.query(
            SQL(
                """
                select t.tweet_id, t.text, t.posted_at from twitter_data t
                where t.user_id = \(rows.user.rawValue) and t.deleted_at is null and t.text <> ''
                  and not exists (
                      select from analyzed_tweets a
                      where a.user_id = t.user_id and a.kind = \(kind.rawValue) and a.tweet_id = t.tweet_id)
                order by octet_length(t.tweet_id) desc, t.tweet_id desc limit 3200
                """
            ).named("unjudged_tweets"))
        return try found.map {
            StoredTweet(
                id: try $0.decode(String.self, "tweet_id"), text: try $0.decode(String.self, "text"),
                postedAt: try $0.decode(Date?.self, "posted_at"))
        }
    }
}
