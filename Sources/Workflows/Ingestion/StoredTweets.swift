import Contracts
import FoundationEssentials
import Isolation
import KeptFor
import Postgres
import TwitterAPI

/// The table `twitter_data`, as far as ingestion writes it.
enum StoredTweets {
    /// Ids are numbers of up to 19 digits in text: the longer one is the greater.
    static func newestID(_ rows: UserRows) async throws -> String? {
        let row = try await rows.query(
            SQL(
                """
                select tweet_id from twitter_data where user_id = \(rows.user.rawValue)
                order by octet_length(tweet_id) desc, tweet_id desc limit 1
                """
            ).named("newest_tweet")
        ).first
        return try row?.decode(String.self, "tweet_id")
    }

    /// The ids that are stored and newer than `since`; nil = all. A few thousand at most: X has no more.
    static func ids(_ rows: UserRows, after since: String?) async throws -> Set<String> {
        let stored = try await rows.query(
            SQL(
                """
                select tweet_id from twitter_data
                where user_id = \(rows.user.rawValue)
                  and (octet_length(tweet_id), tweet_id) > (octet_length(\(since ?? "")::text), \(since ?? "")::text)
                order by octet_length(tweet_id) desc, tweet_id desc limit 10000
                """
            ).named("tweet_ids"))
        return Set(try stored.map { try $0.decode(String.self, at: 0) })
    }

    /// Two statements for any number of tweets, each row locked in the order of its id.
    static func statements(for tweets: [Tweet], of user: UserID, at now: Date) -> [SQL] {
        guard !tweets.isEmpty else { return [] }
        let superseded = tweets.flatMap { tweet in tweet.earlierVersions.map { ($0, tweet.id) } }
        return [upsert(tweets, of: user, at: now)]
            + (superseded.isEmpty ? [] : [supersede(superseded, of: user, at: now)])
    }

    private static func retainUntil(_ now: Date) -> Date { now + KeptFor.current.tweets / .seconds(1) }

    /// A tweet that is there is brought up to date; one that was deleted stays so, without content.
    private static func upsert(_ tweets: [Tweet], of user: UserID, at now: Date) -> SQL {
        SQL(
            """
            insert into twitter_data (user_id, tweet_id, text, lang, posted_at, metrics, collected_at, retain_until)
            select \(user.rawValue), t.tweet_id, t.text, t.lang, t.posted_at, t.metrics, \(now), \(retainUntil(now))
            from unnest(
                \(tweets.map(\.id))::text[], \(tweets.map { $0.isOwn ? $0.text : "" })::text[],
                \(tweets.map { $0.isOwn ? $0.lang : nil })::text[], \(tweets.map(\.postedAt))::timestamptz[],
                \(tweets.map(metrics))::text[]::jsonb[]) as t (tweet_id, text, lang, posted_at, metrics)
            order by t.tweet_id
            on conflict (user_id, tweet_id) do update set
                text = excluded.text, lang = excluded.lang, metrics = excluded.metrics,
                collected_at = excluded.collected_at, retain_until = excluded.retain_until
            where twitter_data.deleted_at is null
            """
        ).named("tweets_upsert")
    }

    /// X wants an edited post's earlier text gone. What stays is a deleted row, so that a page read before the edit and stored
    /// after it brings nothing back.
    private static func supersede(_ pairs: [(earlier: String, later: String)], of user: UserID, at now: Date) -> SQL {
        SQL(
            """
            insert into twitter_data (user_id, tweet_id, text, collected_at, retain_until, deleted_at, superseded_by)
            select \(user.rawValue), t.earlier, '', \(now), \(retainUntil(now)), \(now), max(t.later)
            from unnest(\(pairs.map(\.earlier))::text[], \(pairs.map(\.later))::text[]) as t (earlier, later)
            group by t.earlier order by t.earlier
            on conflict (user_id, tweet_id) do update set
                text = '', lang = null, metrics = '{}', superseded_by = excluded.superseded_by,
                deleted_at = coalesce(twitter_data.deleted_at, excluded.deleted_at)
            """
        ).named("tweets_supersede")
    }

    /// Of somebody else's post only the id is kept: its words, and what others think of them, are not this user's to give.
    private static func metrics(_ tweet: Tweet) -> JSONText {
        var metrics = tweet.isOwn ? tweet.metrics.mapValues { JSONValue.integer($0) } : [:]
        if let original = tweet.repostOf { metrics["repost_of"] = .string(original) }
        return JSONText(rawValue: JSONValue.object(metrics).text)
    }
}
