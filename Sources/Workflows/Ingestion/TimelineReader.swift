import AuditTrail
import Consent
import ConsumerRuntime
import Contracts
import FoundationEssentials
import Isolation
import Postgres
import Privacy
import TwitterAPI
import TwitterCalls

private typealias JSONValue = Contracts.JSONValue

/// Reads a timeline page by page and stores each page but the last at once, together with the place to go on at. The last page
/// is left to the job's own transaction.
struct TimelineReader: Sendable {
    /// More pages than X has, 3,200 posts at five a page: a timeline that never ends is a fault.
    static let mostPages = 640

    /// What is left to be committed when all has been read.
    struct Rest: Sendable {
        var run: IngestRun
        var tweets: [Tweet]
        /// The run that an earlier attempt had begun, when it was finished first.
        var earlier: IngestRun?

        /// Of both together.
        func total(_ count: KeyPath<IngestRun, Int>) -> Int { run[keyPath: count] + (earlier?[keyPath: count] ?? 0) }
    }

    /// So many pages in a row may bring nothing that was not there before. X gives empty pages, and now and then one twice; a
    /// chain that goes round in a circle would cost a whole window.
    static let mostIdlePages = 4

    let postgres: PostgresPool
    let twitter: TwitterCalls

    /// Goes on where the last run stopped; after that, or if there was none, reads what is new.
    func read(_ job: Job<IngestRequest>, _ account: String, _ token: SecretString) async throws -> Rest {
        let user = job.request.userID
        let rows = postgres.rows(of: user)
        let begun = try await IngestRun.current(rows)
        guard begun.isResumed else { return try await follow(begun, job, account, token) }
        let earlier: IngestRun
        do {
            let rest = try await follow(begun, job, account, token)
            try await store(rest.tweets, [IngestRun.end(of: user)], rest.run, job)
            earlier = rest.run
        } catch TwitterError.invalidRequest {
            // X does not know the place any more.
            return try await follow(try await begun.restarted(rows), job, account, token)
        }
        var rest = try await follow(try await IngestRun.fresh(rows), job, account, token)
        rest.earlier = earlier
        return rest
    }

    /// Pages arrive newest first; each id is kept once, as X repeats posts over page borders when new ones come in.
    private func follow(
        _ start: IngestRun, _ job: Job<IngestRequest>, _ account: String, _ token: SecretString
    ) async throws -> Rest {
        let (user, limit) = (job.request.userID, job.request.maxTweets)
        let rows = postgres.rows(of: user)
        var run = start
        var seen = start.isResumed ? try await StoredTweets.ids(rows, after: start.since) : []
        var idlePages = 0
        while true {
            let page = try await twitter.timelinePage(
                of: account, for: user, token: token, sinceID: run.since, paginationToken: run.next,
                maxResults: min(100, max(5, limit - run.tweets)))
            let new = page.tweets.filter { !$0.isOutdated && seen.insert($0.id).inserted }
            let tweets = Array(new.prefix(max(0, limit - run.tweets)))
            let isRepeated = page.nextToken != nil && page.nextToken == run.next
            run.add(page, keeping: tweets.count)
            guard page.nextToken != nil, run.tweets < limit else { return Rest(run: run, tweets: tweets) }
            idlePages = new.isEmpty ? idlePages + 1 : 0
            guard !isRepeated, idlePages <= Self.mostIdlePages, run.pages < Self.mostPages else {
                // The next attempt is not to begin in the circle.
                _ = try await run.restarted(rows)
                throw TwitterError.malformedAnswer("the timeline's pages lead in a circle")
            }
            try await store(tweets, [run.save(for: user)], run, job)
        }
    }

    private func store(
        _ tweets: [Tweet], _ place: [SQL], _ run: IngestRun, _ job: Job<IngestRequest>
    ) async throws {
        let user = job.request.userID
        let entry = AuditEntry(
            actor: job.consumer.program, userID: user, action: "ingest", outcome: "page",
            detail: [
                "message_id": .string(job.envelope.messageID.rawValue), "page": .integer(run.pages),
                "tweets": .integer(tweets.count), "reads": .integer(run.reads),
            ])
        try await postgres.rows(of: user).atomically(
            [ConsentGate.requirement(for: user)] + StoredTweets.statements(for: tweets, of: user, at: job.now) + place
                + [entry.statement])
    }
}
