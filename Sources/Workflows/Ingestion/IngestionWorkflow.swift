import AuditTrail
public import CircuitBreakers
import Consent
public import ConsumerRuntime
public import Contracts
public import FoundationEssentials
public import Postgres
public import Privacy
public import TokenVault
public import TwitterAPI

private typealias JSONValue = Contracts.JSONValue

/// Reads one user's timeline and stores it: consent → token → pages since the newest tweet that is stored → rows, audit entry,
/// `ingest.completed`, and a request to analyze.
///
/// Everything is stored in the one committing transaction. So the newest stored tweet tells how far the last run got, and a
/// run that died half-way leaves no gap behind it.
public struct IngestionWorkflow: Workflow {
    public let consumer = ConsumerName.ingest
    public let refusedEvent = EventName.ingestRefused

    private let postgres: PostgresPool
    private let twitter: TwitterClient
    private let tokens: TwitterTokens
    private let circuit = CircuitBreaker(name: "twitter")

    /// `clientID` and `clientSecret` are the app's at X, for refreshing tokens.
    public init(
        postgres: PostgresPool, vault: TokenVault, twitter: TwitterClient, clientID: String, clientSecret: SecretString
    ) {
        self.postgres = postgres
        self.twitter = twitter
        tokens = TwitterTokens(
            postgres: postgres, vault: vault, twitter: twitter, clientID: clientID, clientSecret: clientSecret,
            actor: consumer.program)
    }

    public var circuits: [CircuitBreaker] { [circuit] }

    public func subject(of request: IngestRequest) -> UserID? { request.userID }

    public func admit(_ job: Job<IngestRequest>) async throws -> Admission {
        let refusal = try await ConsentGate(postgres: postgres).refusal(for: job.request.userID, at: job.now)
        return refusal.map { .refused($0) } ?? .go
    }

    public func work(_ job: Job<IngestRequest>) async throws -> Work {
        switch try await tokens.access(for: job.request.userID, at: job.now) {
        case .refused(let reason): return .ended(.refused(reason))
        case .notBefore(let time): return .ended(.notBefore(time, because: .userBusy))
        case .token(let token, let account): return try await read(job, token, account)
        }
    }

    /// A token that X does not take any more is refreshed once.
    private func read(_ job: Job<IngestRequest>, _ token: SecretString, _ account: String) async throws -> Work {
        let since = try await StoredTweets.newestID(of: job.request.userID, postgres)
        do {
            return .completed(
                completion(job, try await read(account, token, since: since, atMost: job.request.maxTweets)))
        } catch TwitterError.unauthorized {
            switch try await tokens.access(for: job.request.userID, rejected: token, at: job.now) {
            case .refused(let reason): return .ended(.refused(reason))
            case .notBefore(let time): return .ended(.notBefore(time, because: .userBusy))
            case .token(let token, let account):
                return .completed(
                    completion(job, try await read(account, token, since: since, atMost: job.request.maxTweets)))
            }
        }
    }

    public func outcome(of error: any Error, at now: Date) -> Outcome? {
        switch error {
        case let error as TwitterError: error.outcome(at: now)
        case let error as VaultError: error.outcome
        default: nil
        }
    }

    private struct Timeline {
        var tweets: [Tweet] = []
        var pages = 0
        var leftOut = 0
    }

    /// Pages arrive newest first; each id is kept once, as X repeats posts over page borders when new ones come in.
    private func read(_ account: String, _ accessToken: SecretString, since: String?, atMost limit: Int) async throws
        -> Timeline
    {
        var timeline = Timeline()
        var seen: Set<String> = []
        var next: String?
        repeat {
            let (token, size) = (next, min(100, max(5, limit - timeline.tweets.count)))
            let page = try await circuit.call(verdict: TwitterError.verdict) {
                try await twitter.timelinePage(
                    of: account, token: accessToken, sinceID: since, paginationToken: token, maxResults: size)
            }
            timeline.tweets += page.tweets.filter { seen.insert($0.id).inserted }
            timeline.pages += 1
            timeline.leftOut += page.partialErrors
            next = page.nextToken
        } while next != nil && timeline.tweets.count < limit
        timeline.tweets = Array(timeline.tweets.prefix(limit))
        return timeline
    }

    private func completion(_ job: Job<IngestRequest>, _ timeline: Timeline) -> Completion {
        let user = job.request.userID
        let counts: [String: JSONValue] = [
            "tweets": .integer(timeline.tweets.count), "pages": .integer(timeline.pages),
            "left_out": .integer(timeline.leftOut),
        ]
        let completed = Event(
            .ingestCompleted, userID: user, causeID: job.envelope.messageID, at: job.now, detail: counts)
        var followUps = [FollowUp(completed)]
        if job.request.analyze { followUps.append(FollowUp(AnalyzeRequest(userID: user))) }
        let entry = AuditEntry(
            actor: consumer.program, userID: user, action: "ingest", outcome: "done",
            detail: counts.merging(["message_id": .string(job.envelope.messageID.rawValue)]) { $1 })
        return Completion(
            effects: timeline.tweets.isEmpty ? [] : [StoredTweets.upsert(timeline.tweets, of: user, at: job.now)],
            audit: [entry], followUps: followUps)
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
