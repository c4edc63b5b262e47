public import EventLoop
public import Logging
import Synchronization

/// A pool of connections to one PostgreSQL server, and the only door to it.
///
/// A request: waits for a place (at most `acquireTimeout`) → is sent, behind others on the same connection if there are more
/// callers than connections (so give a slow statement a transaction or a stream of its own) → is answered in order → is settled. Connections are opened as there is work for them, and
/// replaced when they break. During an outage the pool keeps trying, with growing pauses, and requests fail with
/// `unavailable` once they have waited long enough.
///
/// Every method may be called from any task. Callers that run with the pool's loop as task executor save the hop to it.
public actor PostgresPool {
    public nonisolated let configuration: PostgresConfiguration
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let logger: Logger
    let onAvailabilityChange: @Sendable (PostgresAvailability) -> Void
    let reachable = Atomic(false)

    var state: PoolState
    var connections: [Int: PostgresConnection] = [:]
    var waiters = WaiterQueue()
    var lastConnectionID = 0
    var lastWaiterID: UInt64 = 0
    var outage: Outage?
    var reconnectDelay = ReconnectDelay(longest: .seconds(5))
    var lastFailure: PostgresError?
    var retryTimer: TimerToken?
    /// All connections were lost: one is opened even without work, to learn whether the server is back.
    var mustProbe = false
    var isClosed = false
    var onDrained: UnsafeContinuation<Void, Never>?

    /// Connects to nothing yet. `onAvailabilityChange` is called on the loop and must not block.
    public init(
        configuration: PostgresConfiguration, loop: EventLoop = .shared, logger: Logger,
        onAvailabilityChange: @escaping @Sendable (PostgresAvailability) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        self.onAvailabilityChange = onAvailabilityChange
        state = PoolState(maxConnections: configuration.maxConnections, depth: configuration.pipelineDepth)
    }

    /// False before the first connection stands and during an outage.
    public nonisolated var isReachable: Bool { reachable.load(ordering: .relaxed) }

    public var openConnections: Int { state.count }

    /// Runs one statement, which commits by itself.
    @discardableResult
    public func query(_ sql: SQL, file: String = #fileID, line: UInt = #line) async throws -> PostgresResult {
        let location = SourceLocation(file: file, line: line)
        guard let result = try await perform([sql], as: .autocommit, location).first else {
            throw PostgresError(.misuse, "the statement gave no result", location: location)
        }
        return result
    }

    /// Runs all statements in one transaction and one round trip: all of them, or none. The error names the statement.
    @discardableResult
    public func atomically(
        _ statements: [SQL], file: String = #fileID, line: UInt = #line
    ) async throws -> [PostgresResult] {
        if statements.isEmpty { return [] }
        return try await perform(statements, as: .atomic, SourceLocation(file: file, line: line))
    }

    /// Waits until a connection stands; throws what `query` would.
    public func connect(file: String = #fileID, line: UInt = #line) async throws {
        let connection = try await acquire(.shared, SourceLocation(file: file, line: line))
        release(connection, .shared)
    }

    /// Takes no more requests, lets those on their way finish for at most `grace`, closes all connections.
    public func close(grace: Duration = .seconds(5)) async {
        guard !isClosed else { return }
        isClosed = true
        if let retryTimer { loop.cancel(retryTimer) }
        retryTimer = nil
        for waiter in waiters.removeAll() { finish(waiter, .failure(PostgresError(.closed, "the pool was closed"))) }
        await drain(grace)
        for connection in connections.values { await connection.close() }
        connections = [:]
        reachable.store(false, ordering: .relaxed)
    }

    private func drain(_ grace: Duration) async {
        guard state.load > 0 else { return }
        let timer = loop.schedule(after: grace) { [weak self] in
            self?.assumeIsolated { $0.drained() }
        }
        await withUnsafeContinuation { onDrained = $0 }
        loop.cancel(timer)
    }

    func drained() {
        onDrained?.resume()
        onDrained = nil
    }

    private func perform(
        _ statements: [SQL], as kind: RequestProgress.Kind, _ location: SourceLocation
    ) async throws -> [PostgresResult] {
        var repeats = 0
        while true {
            let connection = try await acquire(.shared, location)
            defer { release(connection, .shared) }
            do {
                return try await connection.run(statements, as: kind, location: location)
            } catch let again as Resubmission {
                // Nothing of it is stored; see `RequestProgress.mayRepeat`.
                repeats += 1
                if repeats > 3 { throw again.error }
            }
        }
    }
}
