import AuditTrail
import Consent
public import ConsumerRuntime
public import Contracts
import ErasureLedger
import FoundationEssentials
import ObjectStore
import Postgres
import Redis
import Ticks

/// Deletes: by policy and by what X says with each tick (`TickWork`), and everything of one user on request (`Erasure`).
public struct RetentionWorkflow: Workflow {
    public let consumer = ConsumerName.retention
    public let refusedEvent = EventName.erasureRefused

    private let postgres: PostgresPool
    private let ticks: TickGate
    private let tickWork: TickWork
    private let erasure: Erasure
    private let office: ErasureOffice

    init(postgres: PostgresPool, tickWork: TickWork, erasure: Erasure, office: ErasureOffice) {
        self.postgres = postgres
        ticks = TickGate(postgres: postgres)
        self.tickWork = tickWork
        self.erasure = erasure
        self.office = office
    }

    public func decode(_ body: [UInt8], _ type: MessageType) throws(InvalidMessage) -> RetentionRequest {
        try RetentionRequest(body, type)
    }

    public func subject(of request: RetentionRequest) -> UserID? {
        if case .erase(let request) = request { request.userID } else { nil }
    }

    public func admit(_ job: Job<RetentionRequest>) async throws -> Admission {
        guard case .tick(let tick) = job.request else { return .go }
        return switch try await answer(to: tick, job) {
        case .refused(let reason): .refused(reason)
        case .notBefore(let time): .notBefore(time, because: .longDelay)
        case .go, .share, .repeated: .go
        }
    }

    public func work(_ job: Job<RetentionRequest>) async throws -> Work {
        switch job.request {
        case .erase(let request): try await erase(request, job)
        case .tick(let tick): try await tickWork.run(tick, as: try await answer(to: tick, job), job)
        }
    }

    private func answer(to tick: Tick, _ job: Job<RetentionRequest>) async throws -> TickGate.Answer {
        try await ticks.answer(to: tick, from: job.envelope.messageID, at: job.now, shares: TickWork.shares)
    }

    private func erase(_ request: EraseRequest, _ job: Job<RetentionRequest>) async throws -> Work {
        let (user, message) = (request.userID, job.envelope.messageID)
        let requestedAt = min(job.envelope.timestamp ?? job.now, job.now)
        guard let account = try await erasure.run(user, message: message, requestedAt: requestedAt, at: job.now) else {
            return .ended(.refused(.unknownUser))
        }
        let closing = try await office.close(account, of: user, message: message, at: job.now)
        return .completed(
            Completion(
                effects: [closing.effect], audit: [closing.entry], followUps: [FollowUp(closing.event)],
                needsConsent: false))
    }

    /// A tick that is refused is told to people: its publisher's clock is wrong, or it lay somewhere for a week.
    public func followUps(ofRefusal reason: RefusalReason, _ job: Job<RetentionRequest>) -> [FollowUp] {
        let cause = job.envelope.messageID
        switch job.request {
        case .erase(let request):
            return [
                FollowUp(
                    Event(
                        refusedEvent, userID: request.userID, causeID: cause, at: job.now, reason: reason.rawValue))
            ]
        case .tick(let tick):
            return [
                FollowUp(
                    Event(
                        .alertOpened, causeID: cause, at: job.now, reason: reason.rawValue,
                        detail: [
                            "rule": "tick_refused", "severity": "warning", "subject": .string(consumer.rawValue),
                            "slot": .string(RFC3339.text(tick.slot)),
                            "summary": .string("a tick of the retention queue was refused: \(reason.rawValue)"),
                        ]))
            ]
        }
    }
}
