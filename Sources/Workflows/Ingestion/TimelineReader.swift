import AuditTrail
import CircuitBreakers
import Consent
import ConsumerRuntime
import Contracts
import FoundationEssentials
import Postgres
import Privacy
import TwitterAPI

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
    }

    let postgres: PostgresPool
    let twitter: TwitterClient
    let circuit: CircuitBreaker

    /// Goes on where the last run stopped; after that, or if there was none, reads what is new.
    func read(_ job: Job<IngestRequest>, _ account: String, _ token: SecretString) async throws -> Rest {
        let user = job.request.userID
        let begun = try await IngestRun.current(of: user, postgres)
        guard begun.isResumed else { return try await follow(begun, job, account, token) }
        do {
            let rest = try await follow(begun, job, account, token)
            try await store(rest.tweets, [IngestRun.end(of: user)], rest.run, job)
        } catch TwitterError.invalidRequest {
            // X does not know the place any more: from the beginning, with what was stored before that run.
            try await postgres.query(IngestRun.end(of: user))
            return try await follow(IngestRun(since: begun.since), job, account, token)
        }
        return try await follow(try await IngestRun.fresh(of: user, postgres), job, account, token)
    }

    /// Pages arrive newest first; each id is kept once, as X repeats posts over page borders when new ones come in.
    private func follow(
        _ start: IngestRun, _ job: Job<IngestRequest>, _ account: String, _ token: SecretString
    ) async throws -> Rest {
        var (run, seen) = (start, Set<String>())
        let limit = job.request.maxTweets
        while true {
            let (place, size) = (run, min(100, max(5, limit - run.tweets)))
            let page = try await circuit.call(verdict: TwitterError.verdict) {
                try await twitter.timelinePage(
                    of: account, token: token, sinceID: place.since, paginationToken: place.next, maxResults: size)
            }
            let tweets = Array(page.tweets.filter { seen.insert($0.id).inserted }.prefix(max(0, limit - run.tweets)))
            run.add(page, keeping: tweets.count)
            guard page.nextToken != nil, run.tweets < limit else { return Rest(run: run, tweets: tweets) }
            guard page.nextToken != place.next, run.pages < Self.mostPages else {
                throw TwitterError.malformedAnswer("the timeline has no end")
            }
            try await store(tweets, [run.save(for: job.request.userID)], run, job)
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
                "tweets": .integer(tweets.count),
            ])
        try await postgres.atomically(
            [ConsentGate.requirement(for: user)]
                + (tweets.isEmpty ? [] : [StoredTweets.upsert(tweets, of: user, at: job.now)]) + place
                + [entry.statement])
    }
}

extension TwitterError {
    /// What an error says of X's health. An answer that refuses us, the user or the request was given by a healthy X.
    @Sendable fileprivate static func verdict(_ error: any Error) -> Circuit.Verdict {
        switch error {
        case TwitterError.unavailable(_, let retryAfter): .failing(retryAfter: retryAfter)
        case TwitterError.malformedAnswer: .failing()
        case is TwitterError where error as? TwitterError != .interrupted: .healthy
        default: .unknown
        }
    }
}
