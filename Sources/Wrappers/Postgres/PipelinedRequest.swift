/// What goes to the server in one piece, up to one Sync, and what has come back of it so far.
///
/// 1. Sent: each step is a message of its own; several requests may be on their way.
/// 2. Answered: results come in the order of the steps; after an error the steps up to the Sync come back as aborted.
/// 3. Settled at the Sync, or by the loss of the connection.
struct RequestProgress {
    enum Kind {
        /// One statement that commits by itself.
        case autocommit
        /// BEGIN … COMMIT.
        case atomic
        /// Opens the transaction of a lease.
        case begin
        /// Inside of a lease's transaction.
        case inTransaction
        /// COMMIT of a lease.
        case commit
        /// ROLLBACK of a lease, set-up, deallocation.
        case housekeeping

        /// Whether a loss of the connection leaves open if the work is committed.
        var outcomeIfLost: PostgresError.Outcome {
            switch self {
            case .autocommit, .atomic, .commit: .unknown
            case .begin, .inTransaction, .housekeeping: .notApplied
            }
        }

        /// Whether a failed request has left nothing behind and may be sent again by us.
        var isRepeatable: Bool {
            switch self {
            case .autocommit, .atomic, .begin: true
            case .inTransaction, .commit, .housekeeping: false
            }
        }
    }

    enum Step {
        /// BEGIN, or the ROLLBACK that makes sure of a clean start.
        case control
        case prepare(index: Int, name: String)
        case execute(index: Int, name: String?, wasCached: Bool)
        case commit
        case sync
    }

    enum Event {
        case rows(PostgresResult)
        case done
        case failed(PostgresError)
        case aborted
    }

    /// What the connection must do to its statement cache.
    enum Action {
        case none
        case forget(index: Int, name: String, deallocate: Bool)
    }

    let kind: Kind
    private(set) var steps: [Step] = []
    private var position = 0
    private(set) var results: [PostgresResult] = []
    private(set) var failure: PostgresError?
    private(set) var isCommitAnswered = false
    private var hasStaleStatement = false

    init(kind: Kind) { self.kind = kind }

    var current: Step? { position < steps.count ? steps[position] : nil }

    mutating func expect(_ step: Step) { steps.append(step) }

    /// The end of one step's results.
    mutating func advance() { position += 1 }

    mutating func receive(_ event: Event) -> Action {
        switch (current, event) {
        case (.execute, .rows(let result)):
            results.append(result)
            return .none
        case (.commit, .rows), (.commit, .done):
            isCommitAnswered = true
            return .none
        case (.prepare(let index, let name), .failed(let error)):
            record(error)
            return .forget(index: index, name: name, deallocate: false)
        case (.prepare(let index, let name), .aborted):
            return .forget(index: index, name: name, deallocate: false)
        case (.execute(let index, let name?, true), .failed(let error)) where error.isStaleStatement:
            record(error)
            hasStaleStatement = true
            return .forget(index: index, name: name, deallocate: error.sqlState == .featureNotSupported)
        case (_, .failed(let error)):
            record(error)
            return .none
        default:
            return .none
        }
    }

    /// Whether sending the request once more is safe and makes sense: it has left nothing behind, and failed by no fault of its own.
    func mayRepeat(isVictimOfCancel: Bool) -> Bool {
        kind.isRepeatable && (hasStaleStatement || (isVictimOfCancel && failure?.sqlState == .queryCanceled))
    }

    var failedStatement: Int? {
        switch current {
        case .prepare(let index, _), .execute(let index, _, _): index
        case .control, .commit, .sync, nil: nil
        }
    }

    private mutating func record(_ error: PostgresError) {
        if failure == nil { failure = error }
    }
}

extension PostgresError {
    /// A prepared statement that the server no longer has, or whose result type has changed under it.
    fileprivate var isStaleStatement: Bool { sqlState == .invalidStatementName || sqlState == .featureNotSupported }
}

/// A request on its way, with the task that waits for it. Belongs to its connection.
final class PipelinedRequest {
    let id: UInt64
    let statements: [SQL]
    let location: SourceLocation?
    var progress: RequestProgress
    var continuation: UnsafeContinuation<[PostgresResult], any Error>?
    var isCancelled = false
    /// On its way while a cancel request was, which hits whatever the server is at.
    var mayBeVictim = false
    /// When it became the oldest of its connection.
    var oldestSince = ContinuousClock.Instant.now

    init(
        id: UInt64, statements: [SQL], kind: RequestProgress.Kind, location: SourceLocation?,
        continuation: UnsafeContinuation<[PostgresResult], any Error>?
    ) {
        self.id = id
        self.statements = statements
        self.location = location
        self.continuation = continuation
        progress = RequestProgress(kind: kind)
    }
}

/// Thrown to the pool in place of `error` if the request is to be sent once more.
struct Resubmission: Error {
    let error: PostgresError
}
