import AnthropicAPI
import AuditTrail
public import CircuitBreakers
import Consent
public import ConsumerRuntime
public import Contracts
public import FoundationEssentials
import Isolation
public import Postgres
import Privacy
import Quotas

private typealias JSONValue = Contracts.JSONValue

/// Judges one user's stored tweets that were not judged before: consent → subscription → quota reserved → tweets → sanitized prompts,
/// under circuits and rate limits → answers, checked strictly and screened, kept as they come → the analysis, the quota settled, the
/// audit entry and `analysis.completed`.
///
/// An attempt that ends half-way (a rate limit, a crash) leaves the answers that it got; the next one goes on from there.
public struct AnalysisWorkflow: Workflow {
    public let consumer = ConsumerName.analyze
    public let refusedEvent = EventName.analysisRefused

    private let postgres: PostgresPool
    private let consent: ConsentGate
    private let quota: QuotaGate
    private let judge: Judge
    private let batches: BatchDesk
    private let models: TierModels
    private let pseudonyms: Pseudonyms
    private let prices: ModelPrices

    init(
        postgres: PostgresPool, quota: QuotaGate, judge: Judge, batches: BatchDesk, models: TierModels,
        pseudonyms: Pseudonyms, prices: ModelPrices
    ) {
        self.postgres = postgres
        consent = ConsentGate(postgres: postgres)
        self.quota = quota
        self.judge = judge
        self.batches = batches
        self.models = models
        self.pseudonyms = pseudonyms
        self.prices = prices
    }

    public var circuits: [CircuitBreaker] { [judge.calls.circuits.provider] }
    public var alternatives: [CircuitBreaker] { judge.calls.circuits.all }

    public func subject(of request: AnalyzeRequest) -> UserID? { request.userID }

    public func admit(_ job: Job<AnalyzeRequest>) async throws -> Admission {
        let user = job.request.userID
        guard let refusal = try await consent.refusal(for: user, at: job.now) else { return .go }
        guard try await batches.discard(postgres.rows(of: user), job.request.kind, because: refusal) else {
            return .notBefore(job.now.addingTimeInterval(5), because: .batchRunning)
        }
        return .refused(refusal)
    }

    public func work(_ job: Job<AnalyzeRequest>) async throws -> Work {
        let (user, message) = (job.request.userID, job.envelope.messageID)
        let rows = postgres.rows(of: user)
        guard let account = try await AnalysisSubject.read(rows) else { return .ended(.refused(.noSubscription)) }
        guard try await quota.reserve(message, for: user, tier: account.tier, at: job.now) else {
            return .ended(.refused(.quotaExceeded))
        }
        let run = AnalysisRun(rows, kind: job.request.kind, message: message)
        if let busy = try await run.claim() { return .ended(.notBefore(busy, because: .userBusy)) }
        let work = try await run.hold { try await analyze(job, account, rows, run) }
        if case .ended = work { await run.release() }
        return work
    }

    public func abandonment(of job: Job<AnalyzeRequest>) -> [SQL] { [QuotaGate.giveBack(job.envelope.messageID)] }

    public func outcome(of error: any Error, at now: Date) -> Outcome? {
        switch error {
        case let error as AnthropicError: error.outcome(at: now)
        case let error as Postponed: .notBefore(error.until, because: .rateLimited)
        case let error as PostgresError where error.sqlState == QuotaGate.usedUpState: .refused(.quotaExceeded)
        case let error as PostgresError where error.sqlState == AnalysisRun.lostState:
            .notBefore(now.addingTimeInterval(1), because: .userBusy)
        default: nil
        }
    }

    // MARK: The work

    private func analyze(
        _ job: Job<AnalyzeRequest>, _ account: AnalysisSubject, _ rows: UserRows, _ run: AnalysisRun
    ) async throws -> Work {
        let kind = job.request.kind
        let tweets = try await UnjudgedTweets.read(of: kind, rows)
        if tweets.isEmpty { return .ended(.refused(.nothingToAnalyze)) }
        let stored = StoredParts(rows: rows, kind: kind)
        let subject = Judge.Subject(
            user: rows.user, identity: account.identity, pseudonym: pseudonyms.pseudonym(of: rows.user),
            models: models.models(for: account.tier))
        var known = try await stored.read()
        let batch = BatchJob(
            rows: rows, kind: kind, message: job.envelope.messageID, subject: subject, parts: stored,
            hasParts: !known.parts.isEmpty, logger: job.logger)
        switch try await batches.step(batch, Self.unanswered(tweets, known.parts), now: job.now) {
        case .nothing: break
        case .notBefore(let time): return .ended(.notBefore(time, because: .batchRunning))
        case .arrived: known = try await stored.read()
        }
        let rest = Self.unanswered(tweets, known.parts)
        if !rest.isEmpty {
            try await judge.judge(rest, of: subject) { try await stored.add($0) }
            known = try await stored.read()
        }
        let result = AnalysisResult(known.parts, of: tweets)
        if result.verdicts.isEmpty { return .ended(.refused(.modelRefused)) }
        let end = AnalysisEnd(
            job: job, result: result, parts: known.parts, missing: judge.calls.catalogue.takeUntold(),
            cost: prices.cost(of: known.parts))
        return .completed(
            end.completion(
                before: [run.end],
                after: [
                    stored.removal(of: known.ids),
                    quota.settle(job.envelope.messageID, for: rows.user, tier: account.tier, at: job.now),
                ]))
    }

    /// Those that no part says anything of.
    private static func unanswered(_ tweets: [StoredTweet], _ parts: [AnalysisPart]) -> [StoredTweet] {
        let answered = Set(parts.flatMap { $0.verdicts.map(\.id) + $0.declined })
        return tweets.filter { !answered.contains($0.id) }
    }
}
