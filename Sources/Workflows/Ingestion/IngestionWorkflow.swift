import AuditTrail
public import CircuitBreakers
import Consent
public import ConsumerRuntime
public import Contracts
public import FoundationEssentials
public import Postgres
import Privacy
public import TokenVault
import TwitterAPI
public import TwitterCalls

private typealias JSONValue = Contracts.JSONValue

/// Reads one user's timeline and stores it: consent → token → pages since the newest tweet that is stored → rows, audit entry,
/// `ingest.completed`, and a request to analyze. Every call to X waits for its leave (`TwitterCalls`).
///
/// A timeline of several pages is stored page by page, each with the place to go on at (`IngestRun`): a run that dies half-way
/// is continued by the next, repeats no page and leaves no gap. The last page is part of the committing transaction.
public struct IngestionWorkflow: Workflow {
    public let consumer = ConsumerName.ingest
    public let refusedEvent = EventName.ingestRefused

    private let postgres: PostgresPool
    private let consent: ConsentGate
    private let tokens: TwitterTokens
    private let reader: TimelineReader
    private let twitter: TwitterCalls

    public init(postgres: PostgresPool, vault: TokenVault, twitter: TwitterCalls) {
        self.postgres = postgres
        self.twitter = twitter
        consent = ConsentGate(postgres: postgres)
        reader = TimelineReader(postgres: postgres, twitter: twitter)
        tokens = TwitterTokens(postgres: postgres, vault: vault, twitter: twitter, actor: consumer.program)
    }

    public var circuits: [CircuitBreaker] { [twitter.circuit] }

    public func subject(of request: IngestRequest) -> UserID? { request.userID }

    public func admit(_ job: Job<IngestRequest>) async throws -> Admission {
        let refusal = try await consent.refusal(for: job.request.userID, at: job.now)
        return refusal.map { .refused($0) } ?? .go
    }

    /// What a rate limit puts off is noted; the pages that were read before are stored, and the next attempt goes on there.
    public func work(_ job: Job<IngestRequest>) async throws -> Work {
        do {
            return try await ingest(job)
        } catch let limited as RateLimited {
            if let entry = LimitViolation.entry(for: limited, job) { try await postgres.atomically([entry.statement]) }
            throw limited
        }
    }

    private func ingest(_ job: Job<IngestRequest>) async throws -> Work {
        switch try await tokens.access(for: job.request.userID, at: job.now) {
        case .refused(let reason): return .ended(.refused(reason))
        case .notBefore(let time): return .ended(.notBefore(time, because: .userBusy))
        case .token(let token, let account): return try await read(job, token, account)
        }
    }

    /// A token that X does not take any more is refreshed once.
    private func read(_ job: Job<IngestRequest>, _ token: SecretString, _ account: String) async throws -> Work {
        do {
            return .completed(completion(job, try await reader.read(job, account, token)))
        } catch TwitterError.unauthorized {
            switch try await tokens.access(for: job.request.userID, rejected: token, at: job.now) {
            case .refused(let reason): return .ended(.refused(reason))
            case .notBefore(let time): return .ended(.notBefore(time, because: .userBusy))
            case .token(let token, let account):
                return .completed(completion(job, try await reader.read(job, account, token)))
            }
        }
    }

    public func outcome(of error: any Error, at now: Date) -> Outcome? {
        (error as? VaultError)?.outcome ?? TwitterCalls.outcome(of: error, at: now)
    }

    private func completion(_ job: Job<IngestRequest>, _ rest: TimelineReader.Rest) -> Completion {
        let user = job.request.userID
        let counts: [String: JSONValue] = [
            "tweets": .integer(rest.total(\.tweets)), "pages": .integer(rest.total(\.pages)),
            "left_out": .integer(rest.total(\.leftOut)), "reads": .integer(rest.total(\.reads)),
        ]
        let completed = Event(
            .ingestCompleted, userID: user, causeID: job.envelope.messageID, at: job.now, detail: counts)
        var followUps = [FollowUp(completed)]
        if job.request.analyze { followUps.append(FollowUp(AnalyzeRequest(userID: user))) }
        let entry = AuditEntry(
            actor: consumer.program, userID: user, action: "ingest", outcome: "done",
            detail: counts.merging(["message_id": .string(job.envelope.messageID.rawValue)]) { $1 })
        return Completion(
            effects: StoredTweets.statements(for: rest.tweets, of: user, at: job.now) + [IngestRun.end(of: user)],
            audit: [entry], followUps: followUps)
    }
}
