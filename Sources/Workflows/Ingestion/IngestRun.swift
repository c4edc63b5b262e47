import Contracts
import Isolation
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
    /// Posts that X delivered and charges for, in all attempts.
    var reads = 0
    /// Begun by an earlier attempt, or by another message.
    var isResumed = false

    /// The unfinished run of a user, or a new one.
    static func current(_ rows: UserRows) async throws -> IngestRun {
        let row = try await rows.query(
            SQL(
                """
                select since_id, next_token, pages, tweets, left_out, reads from ingest_runs
                where user_id = \(rows.user.rawValue)
                """
            ).named("ingest_run")
        ).first
        guard let row else { return try await fresh(rows) }
        return IngestRun(
            since: try row.decode(String?.self, "since_id"), next: try row.decode(String?.self, "next_token"),
            pages: try row.decode(Int.self, "pages"), tweets: try row.decode(Int.self, "tweets"),
            leftOut: try row.decode(Int.self, "left_out"), reads: try row.decode(Int.self, "reads"), isResumed: true)
    }

    static func fresh(_ rows: UserRows) async throws -> IngestRun {
        IngestRun(since: try await StoredTweets.newestID(rows))
    }

    mutating func add(_ page: TimelinePage, keeping kept: Int) {
        pages += 1
        tweets += kept
        leftOut += page.partialErrors
        reads += page.reads
        next = page.nextToken
    }

    /// The same run at its first page again, saved so: it still asks for what is newer than what was stored before it. Ended
    /// instead, its next attempt would ask for what is newer than the pages that it did store, and leave a gap.
    func restarted(_ rows: UserRows) async throws -> IngestRun {
        let run = IngestRun(since: since, reads: reads)
        try await rows.query(run.save(for: rows.user))
        return run
    }

    func save(for user: UserID) -> SQL {
        SQL(
            """
            insert into ingest_runs (user_id, since_id, next_token, pages, tweets, left_out, reads)
            values (\(user.rawValue), \(since), \(next), \(pages), \(tweets), \(leftOut), \(reads))
            on conflict (user_id) do update set since_id = excluded.since_id, next_token = excluded.next_token,
                pages = excluded.pages, tweets = excluded.tweets, left_out = excluded.left_out, reads = excluded.reads,
                updated_at = now()
            """
        ).named("ingest_run_save")
    }

    static func end(of user: UserID) -> SQL {
        SQL("delete from ingest_runs where user_id = \(user.rawValue)").named("ingest_run_end")
    }
}
