import Contracts
import Postgres

/// A user's own tweets that no analysis of this kind has paid for yet, newest first.
enum UnjudgedTweets {
    static func read(of request: AnalyzeRequest, _ postgres: PostgresPool) async throws -> [Judge.Item] {
        let rows = try await postgres.query(
            SQL(
                """
                select t.tweet_id, t.text from twitter_data t
                where t.user_id = \(request.userID.rawValue) and t.deleted_at is null and t.text <> ''
                  and not exists (
                      select from analyzed_tweets a
                      where a.user_id = t.user_id and a.kind = \(request.kind.rawValue) and a.tweet_id = t.tweet_id)
                order by octet_length(t.tweet_id) desc, t.tweet_id desc limit 3200
                """
            ).named("unjudged_tweets"))
        return try rows.map {
            Judge.Item(tweetID: try $0.decode(String.self, "tweet_id"), text: try $0.decode(String.self, "text"))
        }
    }
}
