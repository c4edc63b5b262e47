import Bootstrap
import Consent
import ConsumerRuntime
import Contracts
import FoundationEssentials
import Postgres
import Quotas

/// An analysis without a provider: reserves its quota, does nothing, and keeps the charge. Every fourth job ends otherwise: it is refused
/// after all, or fails for good, and so must give back what it reserved.
struct QuotaJob: Workflow {
    let consumer = ConsumerName.analyze
    let refusedEvent = EventName.analysisRefused
    let postgres: PostgresPool
    let quota: QuotaGate
    /// Whether jobs end otherwise at times.
    let isFickle: Bool

    func subject(of request: AnalyzeRequest) -> UserID? { request.userID }

    func admit(_ job: Job<AnalyzeRequest>) async throws -> Admission { .go }

    func work(_ job: Job<AnalyzeRequest>) async throws -> Work {
        let (user, message) = (job.request.userID, job.envelope.messageID)
        guard try await quota.reserve(message, for: user, tier: "pro", at: job.now) else {
            return .ended(.refused(.quotaExceeded))
        }
        if isFickle {
            switch message.rawValue.utf8.reduce(0, { $0 &+ Int($1) }) % 8 {
            case 0: return .ended(.refused(.modelRefused))
            case 1: return .ended(.failedForGood(.invalidAnswer))
            default: break
            }
        }
        return .completed(
            Completion(
                effects: [quota.settle(message, for: user, tier: "pro", at: job.now)], audit: [], followUps: []))
    }

    func abandonment(of job: Job<AnalyzeRequest>) -> [SQL] { [QuotaGate.giveBack(job.envelope.messageID)] }

    func outcome(of error: any Error, at now: Date) -> Outcome? {
        (error as? PostgresError)?.sqlState == QuotaGate.usedUpState ? .refused(.quotaExceeded) : nil
    }
}

struct QuotaAssembly: ConsumerAssembly {
    static let consumer = ConsumerName.analyze
    static let abstract = "Charges analyses that never happen."
    static let variables: [(name: String, meaning: String)] = [
        ("QUOTA_PRO", "analyses per calendar month"), ("FICKLE", "1: some jobs end otherwise"),
    ]

    private let allowances: QuotaGate.Allowances
    private let isFickle: Bool

    init(reading reader: inout SettingsReader) {
        allowances = QuotaGate.Allowances(pro: reader.integer("QUOTA_PRO", default: 300, in: 0...1_000_000))
        isFickle = reader.text("FICKLE") == "1"
    }

    func workflow(_ clients: ProgramClients) throws -> QuotaJob {
        QuotaJob(
            postgres: clients.postgres, quota: QuotaGate(postgres: clients.postgres, allowances: allowances),
            isFickle: isFickle)
    }
}
