public import AuditTrail
public import CircuitBreakers
public import Contracts
public import FoundationEssentials
public import Logging
public import Postgres

/// What one consumer does with its messages: the gates before the work, and the work. Everything else of a message's life is
/// the runtime's (`MessageProcessor`).
///
/// A workflow touches neither the message nor the transaction: it returns what is to be committed and announced, or how it
/// ended instead. It may be run twice for one message (the process may die before the commit); calls to providers must bear
/// that.
public protocol Workflow: Sendable {
    associatedtype Request: Sendable

    var consumer: ConsumerName { get }

    /// Reads a body of one of the consumer's accepted types.
    func decode(_ body: [UInt8], _ type: MessageType) throws(InvalidMessage) -> Request

    /// The event that tells the backend of a refusal.
    var refusedEvent: EventName { get }

    /// The circuits without which there is nothing to do: while one is open no messages are taken.
    var circuits: [CircuitBreaker] { get }

    /// Circuits of which one is enough: no messages are taken while all of them are open.
    var alternatives: [CircuitBreaker] { get }

    /// Whose data the request is about; nil for a tick.
    func subject(of request: Request) -> UserID?

    /// Gates in order: consent, subscription, quota, rate, circuit.
    func admit(_ job: Job<Request>) async throws -> Admission

    func work(_ job: Job<Request>) async throws -> Work

    /// How an error of `admit`, `work` or the commit is to be taken; nil leaves it to the runtime. A server that is away and an
    /// open circuit never get here.
    func outcome(of error: any Error, at now: Date) -> Outcome?

    /// What a job that ended without its work must give back, such as its quota. Committed with a refusal, and before a burial; of a job
    /// that holds nothing it changes nothing.
    func abandonment(of job: Job<Request>) -> [SQL]

    /// Who is told of a refusal.
    func followUps(ofRefusal reason: RefusalReason, _ job: Job<Request>) -> [FollowUp]
}

extension Workflow where Request: MessageBody {
    public func decode(_ body: [UInt8], _ type: MessageType) throws(InvalidMessage) -> Request {
        try Request.decode(body)
    }
}

extension Workflow {
    /// The backend, by `refusedEvent`.
    public func followUps(ofRefusal reason: RefusalReason, _ job: Job<Request>) -> [FollowUp] {
        [
            FollowUp(
                Event(
                    refusedEvent, userID: job.user, causeID: job.envelope.messageID, at: job.now,
                    reason: reason.rawValue))
        ]
    }

    public var circuits: [CircuitBreaker] { [] }
    public var alternatives: [CircuitBreaker] { [] }
    public func abandonment(of job: Job<Request>) -> [SQL] { [] }
    public func outcome(of error: any Error, at now: Date) -> Outcome? { nil }
}

/// One message on its way through a workflow.
public struct Job<Request: Sendable>: Sendable {
    public let consumer: ConsumerName
    public let envelope: Envelope
    public let request: Request
    /// When this attempt began.
    public let now: Date
    let user: UserID?
    let diary: RunDiary
    let programLogger: Logger

    /// Carries the message id and the masked user. Made when it is asked for, as most jobs have nothing to say.
    public var logger: Logger {
        var logger = programLogger
        logger[metadataKey: "message_id"] = "\(envelope.messageID)"
        logger[metadataKey: "correlation_id"] = "\(envelope.correlationID)"
        if let user { logger[metadataKey: "user"] = "\(user)" }
        return logger
    }
}

/// What the gates say.
public enum Admission: Sendable {
    case go
    case refused(RefusalReason)
    case notBefore(Date, because: PostponementReason)
}

/// What the work came to.
public enum Work: Sendable {
    case completed(Completion)
    /// Any outcome but `done`.
    case ended(Outcome)
}

/// What a finished job leaves behind: all of it is committed in one transaction, or none.
public struct Completion: Sendable {
    /// Statements in the order in which they run.
    public var effects: [SQL]
    public var audit: [AuditEntry]
    /// Published after the commit, under ids derived from the message's own.
    public var followUps: [FollowUp]
    /// False for work that the user's consent has nothing to do with: the commit then neither locks the user's row nor asks.
    public var needsConsent: Bool

    public init(effects: [SQL], audit: [AuditEntry], followUps: [FollowUp], needsConsent: Bool = true) {
        self.needsConsent = needsConsent
        self.effects = effects
        self.audit = audit
        self.followUps = followUps
    }
}
