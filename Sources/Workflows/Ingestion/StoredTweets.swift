import Contracts
import FoundationEssentials
import Postgres
import TwitterAPI

/// The table `twitter_data`, as far as ingestion writes it.
enum StoredTweets {
    /// How long a raw tweet is kept after it was last read from X.
    static let retention: TimeInterval = 90 * 86400

    /// Ids are numbers of up to 19 digits in text: the longer one is the greater.
    static func newestID(of user: UserID, _ postgres: PostgresPool) async throws -> String? {
        let row = try await postgres.query(
            SQL(
                """
                select tweet_id from twitter_data where user_id = \(user.rawValue)
                order by octet_length(tweet_id) desc, tweet_id desc limit 1
                """
            ).named("newest_tweet")
        ).first
        return try row?.decode(String.self, "tweet_id")
    }

    /// One statement for any number of tweets. A tweet that is there is brought up to date; one that was deleted stays so.
    static func upsert(_ tweets: [Tweet], of user: UserID, at now: Date) -> SQL {
        let rows = JSONText(rawValue: JSONValue.array(tweets.map(row)).text)
        return SQL(
            """
            insert into twitter_data (user_id, tweet_id, text, lang, posted_at, metrics, collected_at, retain_until)
            select \(user.rawValue), t.tweet_id, t.text, t.lang, to_timestamp(t.posted_at), t.metrics, \(now),
                   \(now.addingTimeInterval(retention))
            from jsonb_to_recordset(\(rows)::jsonb)
                as t (tweet_id text, text text, lang text, posted_at double precision, metrics jsonb)
            on conflict (user_id, tweet_id) do update set
                text = excluded.text, lang = excluded.lang, metrics = excluded.metrics,
                collected_at = excluded.collected_at, retain_until = excluded.retain_until
            """
        ).named("tweets_upsert")
    }

    /// Of somebody else's post only the id is kept: its words are not this user's to give.
    private static func row(_ tweet: Tweet) -> JSONValue {
        var metrics = tweet.metrics.mapValues { JSONValue.integer($0) }
        if let original = tweet.repostOf { metrics["repost_of"] = .string(original) }
        return [
            "tweet_id": .string(tweet.id), "text": .string(tweet.repostOf == nil ? tweet.text : ""),
            "lang": tweet.lang.map { .string($0) } ?? .null,
            "posted_at": tweet.postedAt.map { .number($0.timeIntervalSince1970) } ?? .null, "metrics": .object(metrics),
        ]
    }
}
