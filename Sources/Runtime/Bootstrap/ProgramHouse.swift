import AMQP
import ConsumerRuntime
import Glibc
import HTTPTransport
import Logging
import Postgres
import Redis
import Telemetry

/// What a running program has: its settings, its clients, and what is known of its servers.
struct ProgramHouse: Sendable {
    let program: String
    let settings: ProcessSettings
    let logger: Logger
    let readiness: Readiness
    let clients: ProgramClients

    /// Opens the clients; nothing is connected yet. Nil when settings are missing, which the reader has told.
    init?(_ program: String, _ settings: ProcessSettings, _ servers: ServerSettings) {
        guard let broker = servers.broker, let database = servers.postgres else { return nil }
        Telemetry.bootstrap(settings.telemetry)
        signal(SIGPIPE, SIG_IGN)
        let logger = Logger(label: program)
        let readiness = Readiness(logger: logger)
        let dependencies = DependencyWatch()
        let report: ProgramClients.DependencyObserver = { server, problem in
            readiness.report(server, problem.map { .down($0) } ?? .up)
        }
        readiness.register("rabbitmq")
        readiness.register("postgres")
        if servers.redis != nil { readiness.register("redis") }
        var transport = HTTPClientConfiguration()
        transport.userAgent = "repazoo/\(Release.version)"
        clients = ProgramClients(
            settings: settings, broker: broker,
            postgres: Self.pool(database, settings, dependencies, logger, report),
            redis: servers.redis.map { Self.redis($0, dependencies, report) },
            http: HTTPClient(configuration: transport), dependencies: dependencies, logger: logger,
            onDependency: report)
        self.program = program
        self.settings = settings
        self.logger = logger
        self.readiness = readiness
    }

    /// Waits for PostgreSQL and Redis, at most `STARTUP_TIMEOUT`. The broker is the service's own.
    func reachServers() async throws {
        let deadline = ContinuousClock.now.advanced(by: settings.startupTimeout)
        try await repeated(until: deadline) {
            try await clients.postgres.connect()
        } mayPass: {
            ($0 as? PostgresError)?.isRetryable == true
        }
        clients.onDependency("postgres", nil)
        guard let redis = clients.redis else { return }
        try await repeated(until: deadline) {
            try await redis.connect()
        } mayPass: {
            ($0 as? RedisError)?.isRetryable == true
        }
        clients.onDependency("redis", nil)
    }

    func close(grace: Duration) async {
        await clients.http.shutdown()
        await clients.redis?.close()
        await clients.postgres.close(grace: grace)
    }

    private func repeated(
        until deadline: ContinuousClock.Instant, _ connect: () async throws -> Void, mayPass: (any Error) -> Bool
    ) async throws {
        while true {
            do { return try await connect() } catch {
                guard mayPass(error), .now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private static func pool(
        _ configuration: PostgresConfiguration, _ settings: ProcessSettings, _ dependencies: DependencyWatch,
        _ logger: Logger, _ report: @escaping ProgramClients.DependencyObserver
    ) -> PostgresPool {
        var configuration = configuration
        configuration.acquireTimeout = min(configuration.acquireTimeout, settings.startupTimeout)
        // An outage is told by `Readiness`, once at its start and once at its end.
        var logger = logger
        logger.logLevel = .critical
        return PostgresPool(configuration: configuration, logger: logger) { availability in
            switch availability {
            case .unreachable(let error):
                dependencies.report("postgres", isAway: true)
                report("postgres", "\(error)")
            case .reachable:
                dependencies.report("postgres", isAway: false)
                report("postgres", nil)
            }
        }
    }

    private static func redis(
        _ configuration: RedisConfiguration, _ dependencies: DependencyWatch,
        _ report: @escaping ProgramClients.DependencyObserver
    ) -> RedisClient {
        RedisClient(configuration) { availability in
            switch availability {
            case .lost(let error):
                dependencies.report("redis", isAway: true)
                report("redis", "\(error)")
            case .regained:
                dependencies.report("redis", isAway: false)
                report("redis", nil)
            }
        }
    }
}
