import CPostgres
import EventLoop

/// One connection in pipeline mode, owned by its event loop: requests of many tasks go out as they come, answers are matched
/// in order.
///
/// Reading never waits for writing to end or the other way round, so that the two ends cannot block each other with full
/// buffers. `COPY` and multi-statement scripts are not possible in pipeline mode: they take the connection out of it for
/// their time (`PostgresConnection+Raw`), which only the holder of a lease may do.
actor PostgresConnection: EventSource {
    typealias Kind = RequestProgress.Kind

    nonisolated let id: Int
    nonisolated let configuration: PostgresConfiguration
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Nil once the connection is closed.
    var handle: OpaquePointer?
    var watch: WatchToken?
    var inFlight = FIFO<PipelinedRequest>()
    var cache: StatementCache
    var pendingDeallocations: [String] = []
    /// The last request that opened a transaction block and is not known to have closed it. Whatever is sent next must begin
    /// with ROLLBACK.
    var openBlock: UInt64?
    var scratch = ParameterScratch()
    var isWaitingToWrite = false
    var isCancelling = false
    var settling: [UnsafeContinuation<Void, Never>] = []
    var deadline: TimerToken?
    var lease: UInt64 = 0
    var isLeased = false
    /// Set while the connection is out of pipeline mode.
    var raw: RawState?
    var waitingForPipeline: [UnsafeContinuation<Void, Never>] = []

    private var lastID: UInt64 = 0
    /// Whom the statements of the batch or transaction under way are about.
    private var subject: String?
    private let onLoss: @Sendable (PostgresError) -> Void

    /// `onLoss` is called once, on the loop, when the connection breaks or is given up; not after `close`.
    init(
        id: Int, handle: ConnectedHandle, configuration: PostgresConfiguration, loop: EventLoop,
        onLoss: @escaping @Sendable (PostgresError) -> Void
    ) {
        self.id = id
        self.handle = handle.pointer
        self.configuration = configuration
        self.loop = loop
        self.onLoss = onLoss
        cache = StatementCache(capacity: configuration.statementCacheSize)
    }

    var isOpen: Bool { handle != nil }

    /// Enters pipeline mode and sets the session up. On an error the connection is closed.
    func start() async throws {
        guard let handle, PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
            close()
            throw PostgresError(.unavailable, "libpq refused pipeline mode")
        }
        watchForReading()
        do {
            _ = try await run([sessionSettings], as: .housekeeping, isCancellable: false, location: nil)
        } catch {
            close()
            throw error
        }
    }

    /// Sends the statements as one request and waits for all of its results. A cancelled task has the statement cancelled
    /// at the server, and still waits for the answer, so that the outcome is known.
    func run(
        _ statements: [SQL], as kind: Kind, lease expected: UInt64? = nil, isCancellable: Bool = true,
        location: SourceLocation?
    ) async throws -> [PostgresResult] {
        try check(statements, location)
        if isCancellable { try Task.checkCancellation() }
        if expected == nil { subject = nil }
        configuration.counter?.count(statements, current: &subject)
        try await awaitPipeline(location)
        if let expected { try checkLease(expected, location) }
        guard isOpen else { throw PostgresError(.connectionLost, "the connection is closed", location: location) }
        lastID += 1
        let id = lastID
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                send(
                    PipelinedRequest(
                        id: id, statements: statements, kind: kind, location: location, continuation: continuation))
            }
        } onCancel: {
            if isCancellable { Task { await self.cancel(id) } }
        }
    }

    // MARK: Leases (a connection for one caller alone)

    /// The caller must be the only one: the pool sees to it.
    func beginLease() async -> UInt64 {
        await settle()
        lease += 1
        isLeased = true
        subject = nil
        return lease
    }

    /// From here on the lease's holder is refused, so nothing of it can slip in behind its COMMIT.
    func endLease(_ ended: UInt64) {
        if lease == ended { isLeased = false }
    }

    func checkLease(_ expected: UInt64, _ location: SourceLocation?) throws(PostgresError) {
        guard isOpen else { throw PostgresError(.connectionLost, "the connection is closed", location: location) }
        guard isLeased, lease == expected else {
            throw PostgresError(.misuse, "the transaction is over", location: location)
        }
    }

    func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    func nextCursorName() -> String { "rz_cursor\(nextID())" }

    /// Gives the connection up: everything on its way fails.
    func fail(_ error: PostgresError) {
        guard release() else { return }
        // A server that says why it ends the session has not come to the requests behind.
        let saidGoodbye = inFlight.first?.progress.failure?.isConnectionFatal ?? false
        for request in inFlight.removeAll() { settleLost(request, error, saidGoodbye: saidGoodbye) }
        dropRaw(error)
        onLoss(error)
    }

    /// Closes in silence. What is on its way fails as `closed`.
    func close() {
        guard release() else { return }
        let error = PostgresError(.closed, "the pool was closed")
        for request in inFlight.removeAll() { settleLost(request, error, saidGoodbye: false) }
        dropRaw(error)
    }

    // MARK: The loop's calls

    nonisolated func ready(_ readiness: Readiness) {
        assumeIsolated { $0.serve(readiness) }
    }

    private func serve(_ readiness: Readiness) {
        guard handle != nil else { return }
        if raw != nil { return wakeRaw() }
        if readiness.contains(.readable) { receive() }
        if handle != nil, isWaitingToWrite { pushOut() }
    }

    // MARK: Watching

    func watchForReading() {
        guard let handle, watch == nil else { return }
        watch = loop.watch(PQsocket(handle), for: .readable, source: self)
        isWaitingToWrite = false
    }

    func unwatch() {
        if let watch { loop.unwatch(watch) }
        watch = nil
    }

    // MARK: Deadline (of the oldest request, looked at by one timer)

    func watchDeadline() {
        guard deadline == nil, let oldest = inFlight.first else { return }
        let left = configuration.requestTimeout - oldest.oldestSince.duration(to: .now)
        deadline = loop.schedule(after: max(.zero, left)) { [weak self] in
            self?.assumeIsolated { $0.checkDeadline() }
        }
    }

    private func checkDeadline() {
        deadline = nil
        guard let oldest = inFlight.first else { return }
        guard oldest.oldestSince.duration(to: .now) >= configuration.requestTimeout else { return watchDeadline() }
        fail(PostgresError(.timedOut, "no answer within \(configuration.requestTimeout)"))
    }

    // MARK: The end

    private func release() -> Bool {
        guard let open = handle else { return false }
        unwatch()
        PQfinish(open)
        handle = nil
        isLeased = false
        if let deadline { loop.cancel(deadline) }
        deadline = nil
        for waiter in settling { waiter.resume() }
        settling = []
        return true
    }

    private func settleLost(_ request: PipelinedRequest, _ error: PostgresError, saidGoodbye: Bool) {
        if let failure = request.progress.failure {
            request.continuation?.resume(throwing: failure)
        } else if request.progress.isCommitAnswered {
            request.continuation?.resume(returning: request.progress.results)
        } else {
            var lost = error
            lost.outcome = saidGoodbye ? .notApplied : request.progress.kind.outcomeIfLost
            lost.location = request.location?.description
            if request.statements.count == 1 { lost.statementName = request.statements[0].name }
            request.continuation?.resume(throwing: lost)
        }
        request.continuation = nil
    }

    private func check(_ statements: [SQL], _ location: SourceLocation?) throws(PostgresError) {
        for (index, sql) in statements.enumerated() {
            guard let defect = sql.parameters.defect else { continue }
            var error = PostgresError(.encoding, defect, location: location)
            error.statementName = sql.name
            if statements.count > 1 { error.statementIndex = index }
            throw error
        }
    }

    /// The formats are those that our decoders read; the rest is the caller's choice.
    private var sessionSettings: SQL {
        var settings = configuration.settings
        if let limit = configuration.statementTimeout {
            let (seconds, attoseconds) = limit.components
            settings["statement_timeout"] = "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
        }
        settings["datestyle"] = "ISO"
        settings["bytea_output"] = "hex"
        settings["extra_float_digits"] = "1"
        let names = settings.keys.sorted()
        let values = names.compactMap { settings[$0] }
        return SQL(
            "select set_config(name, value, false) from unnest(\(names)::text[], \(values)::text[]) as s(name, value)"
        )
        .unprepared()
    }
}
