import AnthropicAPI
import AuditTrail
public import CircuitBreakers
import Consent
public import ConsumerRuntime
public import Contracts
public import FoundationEssentials
public import Postgres
import Privacy
public import Quotas

private typealias JSONValue = Contracts.JSONValue

/// Judges one user's stored tweets that were not judged before: consent → quota → tweets → sanitized prompts → answers, checked
/// strictly → the analysis, audit entry and `analysis.completed`.
public struct AnalysisWorkflow: Workflow {
    /// How long an analysis is kept.
    static let retention: TimeInterval = 90 * 86400

    public let consumer = ConsumerName.analyze
    public let refusedEvent = EventName.analysisRefused

    private let postgres: PostgresPool
    private let consent: ConsentGate
    private let judge: Judge
    private let pseudonyms: Pseudonyms
    private let quota: QuotaGate

    public init(postgres: PostgresPool, judge: Judge, pseudonyms: Pseudonyms, quota: QuotaGate) {
        self.quota = quota
        self.postgres = postgres
        consent = ConsentGate(postgres: postgres)
        self.judge = judge
        self.pseudonyms = pseudonyms
    }

    public var circuits: [CircuitBreaker] { [judge.circuit] }

    public func subject(of request: AnalyzeRequest) -> UserID? { request.userID }

    public func admit(_ job: Job<AnalyzeRequest>) async throws -> Admission {
        let refusal = try await consent.refusal(for: job.request.userID, at: job.now)
        return refusal.map { .refused($0) } ?? .go
    }

    public func work(_ job: Job<AnalyzeRequest>) async throws -> Work {
        guard let subject = try await AnalysisSubject.read(job.request.userID, postgres) else {
            return .ended(.refused(.noSubscription))
        }
        if try await quota.isUsedUp(for: job.request.userID, tier: subject.tier, at: job.now) {
            return .ended(.refused(.quotaExceeded))
        }
        let tweets = try await UnjudgedTweets.read(of: job.request, postgres)
        if tweets.isEmpty { return .ended(.refused(.nothingToAnalyze)) }
        let findings = try await judge.judge(
            tweets, tier: subject.tier, known: subject.identity, pseudonym: pseudonyms.pseudonym(of: job.request.userID)
        )
        return .completed(completion(job, findings, tier: subject.tier))
    }

    public func outcome(of error: any Error, at now: Date) -> Outcome? {
        switch error {
        case let error as AnthropicError: error.outcome(at: now)
        case let error as PostgresError where error.sqlState == QuotaGate.usedUpState: .refused(.quotaExceeded)
        default: nil
        }
    }

    private func completion(_ job: Job<AnalyzeRequest>, _ findings: Judge.Findings, tier: String) -> Completion {
        let user = job.request.userID
        let id = MessageID.derived(from: job.envelope.messageID, name: "analysis")
        let analysis = NewAnalysis(id: id.rawValue, job: job, findings: findings)
        let completed = Event(
            .analysisCompleted, userID: user, causeID: job.envelope.messageID, at: job.now,
            detail: ["analysis_id": .string(id.rawValue), "tweets": .integer(findings.verdicts.count)])
        let entry = AuditEntry(
            actor: consumer.program, userID: user, action: "analyze", outcome: "done",
            detail: [
                "analysis_id": .string(id.rawValue), "model": .string(findings.model),
                "tweets": .integer(findings.verdicts.count), "calls": .integer(findings.calls),
                "input_tokens": .integer(findings.inputTokens), "output_tokens": .integer(findings.outputTokens),
                "personal_data_replaced": .integer(findings.replaced),
                "message_id": .string(job.envelope.messageID.rawValue),
            ])
        return Completion(
            effects: analysis.statements + [quota.charge(user, tier: tier, at: job.now)], audit: [entry],
            followUps: [FollowUp(completed)])
    }
}
