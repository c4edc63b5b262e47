import Hummingbird
import Logging
public import ServiceLifecycle
import Synchronization

/// The health server could not take its port.
public struct HealthServerError: Error, CustomStringConvertible {
    public let host: String
    public let port: Int
    public let reason: String

    public var description: String {
        "the health server cannot listen on \(host):\(port) (\(reason)); set HTTP_PORT to a free port, or leave it unset"
    }
}

/// Serves `/healthz`, `/readyz` and `/metrics` until the group it belongs to shuts down.
///
/// | path | answer |
/// | --- | --- |
/// | `/healthz` | 200 as long as the process answers |
/// | `/readyz` | 200, or 503 as long as a dependency is not up; JSON that names each, its state, since when and why |
/// | `/metrics` | Prometheus text format 0.0.4 |
public struct HealthServer: Service {
    private let host: String
    private let port: Int
    private let responder: HealthResponder
    private let bound = BoundPort()

    /// Port 0 takes any free one: ask `boundPort`. `refresh` is awaited before metrics are told: it sets gauges of what is only
    /// looked up when somebody asks.
    public init(
        host: String = "127.0.0.1", port: Int, readiness: Readiness, metrics: PrometheusRegistry = Telemetry.metrics,
        refresh: @escaping @Sendable () async -> Void = {}
    ) {
        self.host = host
        self.port = port
        responder = HealthResponder(readiness: readiness, metrics: metrics, refresh: refresh)
    }

    /// The port it listens on; waits for it. Throws `HealthServerError` if `run()` could not listen.
    public var boundPort: Int {
        get async throws { try await bound.value }
    }

    /// Throws `HealthServerError` if the port cannot be taken.
    public func run() async throws {
        // Access lines of probes and scrapers would drown the program's own.
        var logger = Logger(label: "health")
        logger.logLevel = .warning
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { [responder] request, _ in
                await responder.respond(to: request)
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { [bound, port] channel in bound.settle(.success(channel.localAddress?.port ?? port)) },
            logger: logger)
        do {
            try await application.run()
        } catch {
            guard !bound.isOpen else { throw error }
            let failure = HealthServerError(host: host, port: port, reason: "\(error)")
            bound.settle(.failure(failure))
            throw failure
        }
        bound.settle(.failure(HealthServerError(host: host, port: port, reason: "it was stopped before it listened")))
    }
}

/// The port, once known, and who waits for it.
private final class BoundPort: Sendable {
    private struct State {
        var outcome: Result<Int, any Error>?
        var waiting: [CheckedContinuation<Int, any Error>] = []
    }

    private let state = Mutex(State())

    var isOpen: Bool {
        state.withLock { if case .success = $0.outcome { true } else { false } }
    }

    var value: Int {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state in
                    if state.outcome == nil { state.waiting.append(continuation) }
                    return state.outcome
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        }
    }

    /// The first outcome counts.
    func settle(_ outcome: Result<Int, any Error>) {
        let waiting = state.withLock { state in
            guard state.outcome == nil else { return [CheckedContinuation<Int, any Error>]() }
            state.outcome = outcome
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(with: outcome) }
    }
}
