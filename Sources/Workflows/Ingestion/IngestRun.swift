import Contracts
import Postgres
import TwitterAPI

/// How far the reading of one timeline has got. Kept in `ingest_runs` between pages.
struct IngestRun: Equatable, Sendable {
    /// The newest tweet that was stored before the run; nil = none.
    let since: String?
    /// X's token for the next, older page; nil before the first.
    var next: String?
    var pages = 0
    var tweets = 0
    var leftOut = 0
    /// Begun by an earlier attempt, or by another message.
    var isResumed = false

    /// The unfinished run of a user, or a new one.
    static func current(of user: UserID, _ postgres: PostgresPool) async throws -> IngestRun {
        let row = try await postgres.query(
            SQL(
                """
                select since_id, next_token, pages, tweets, left_out from ingest_runs where user_id = \(user.rawValue)
                """
            ).named("ingest_run")
        ).first
        guard let row else { return try await fresh(of: user, postgres) }
        return IngestRun(
            since: try row.decode(String?.self, "since_id"), next: try row.decode(String.self, "next_token"),
            pages: try row.decode(Int.self, "pages"), tweets: try row.decode(Int.self, "tweets"),
            leftOut: try row.decode(Int.self, "left_out"), isResumed: true)
    }

    static func fresh(of user: UserID, _ postgres: PostgresPool) async throws -> IngestRun {
        IngestRun(since: try await StoredTweets.newestID(of: user, postgres))
    }

    mutating func add(_ page: TimelinePage, keeping kept: Int) {
        pages += 1
        tweets += kept
        leftOut += page.partialErrors
        next = page.nextToken
    }

    func save(for user: UserID) -> SQL {
        SQL(
            """
            insert into ingest_runs (user_id, since_id, next_token, pages, tweets, left_out)
            values (\(user.rawValue), \(since), \(next), \(pages), \(tweets), \(leftOut))
            on conflict (user_id) do update set since_id = excluded.since_id, next_token = excluded.next_token,
                pages = excluded.pages, tweets = excluded.tweets, left_out = excluded.left_out, updated_at = now()
            """
        ).named("ingest_run_save")
    }

    static func end(of user: UserID) -> SQL {
        SQL("delete from ingest_runs where user_id = \(user.rawValue)").named("ingest_run_end")
    }
}
