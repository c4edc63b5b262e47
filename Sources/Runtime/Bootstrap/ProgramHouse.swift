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
    /// The same for each program of the process, but for what each hears of and tells about the servers.
    let clientsOfMembers: [ProgramClients]
    let pulse: Pulse
    /// Sends spans away; nil when nothing is traced.
    let traces: SpanExporter?

    /// `members` are the programs in this process: one, unless they run together.
    ///
    /// Opens the clients; nothing is connected yet. Nil when settings are missing, which the reader has told.
    init?(_ program: String, _ settings: ProcessSettings, _ servers: ServerSettings, members: [String]) {
        guard let broker = servers.broker, let database = servers.postgres else { return nil }
        let tracer = settings.traces.map { ExportingTracer(queue: SpanQueue(), ratio: $0.ratio) }
        Telemetry.bootstrap(settings.telemetry, tracer: tracer)
        MetricCatalogue.describe(in: Telemetry.metrics)
        signal(SIGPIPE, SIG_IGN)
        let logger = Logger(label: program)
        let readiness = Readiness(logger: logger)
        let watches = members.map { _ in DependencyWatch() }
        let dependencies = DependencyWatch(tellingAlso: watches)
        let report: ProgramClients.DependencyObserver = { server, problem in
            readiness.report(server, problem.map { .down($0) } ?? .up)
        }
        // Each program has connections of its own to the broker.
        for member in members { readiness.register(Self.broker(of: member, among: members)) }
        readiness.register("postgres")
        if servers.redis != nil { readiness.register("redis") }
        let counter = AccessCounter()
        let vitals = members.map { _ in Vitals() } + (members.isEmpty ? [Vitals()] : [])
        var transport = HTTPClientConfiguration()
        transport.plainHTTP = settings.plainHTTP
        transport.userAgent = "repazoo/\(Release.version)"
        transport.tracer = tracer
        let pool = Self.pool(database, settings, counter, dependencies, logger, report)
        pulse = Pulse(
            program: program, members: Array(zip(members, vitals)), postgres: pool, counter: counter)
        clients = ProgramClients(
            settings: settings, broker: broker,
            postgres: pool,
            redis: servers.redis.map { Self.redis($0, dependencies, report) },
            http: HTTPClient(configuration: transport), dependencies: dependencies, vitals: vitals[0],
            tracer: tracer, logger: logger, onDependency: report)
        let shared = clients
        clientsOfMembers = zip(members, zip(watches, vitals)).map { member, own in
            shared.with(dependencies: own.0, vitals: own.1) { server, problem in
                report(server == "rabbitmq" ? Self.broker(of: member, among: members) : server, problem)
            }
        }
        traces = tracer.flatMap { tracer in
            settings.traces.map {
                SpanExporter(tracer.queue, $0, program: program, version: Release.version)
            }
        }
        self.program = program
        self.settings = settings
        self.logger = logger
        self.readiness = readiness
    }

    private static func broker(of member: String, among members: [String]) -> String {
        members.count == 1 ? "rabbitmq" : "rabbitmq (\(member))"
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

    func repeated(
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
        _ configuration: PostgresConfiguration, _ settings: ProcessSettings, _ counter: AccessCounter,
        _ dependencies: DependencyWatch, _ logger: Logger, _ report: @escaping ProgramClients.DependencyObserver
    ) -> PostgresPool {
        var configuration = configuration
        configuration.counter = counter
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
