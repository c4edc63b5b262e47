import AMQP
import ConsumerRuntime
import Glibc
import HTTPTransport
import Logging
import Postgres
import ServiceLifecycle
import Telemetry

/// Runs one consumer as a process: reads the environment, connects, works until SIGTERM or SIGINT, and says in its exit code
/// how it ended.
public enum ConsumerHost {
    public static func run<Assembly: ConsumerAssembly>(_ assembly: Assembly.Type) async -> ExitCode {
        let program = assembly.consumer.program
        var reader = SettingsReader()
        let process = ProcessSettings.read(&reader, program: program)
        let servers = ServerSettings.read(
            &reader, program: program, connections: min(16, max(2, process.concurrency / 2)))
        let assembly = Assembly(reading: &reader)
        do throws(ConfigurationFaults) { try reader.finish() } catch {
            return complain("\(program): \(error)", .configuration)
        }
        guard let broker = servers.broker, let database = servers.postgres else { return .configuration }

        Telemetry.bootstrap(process.telemetry)
        signal(SIGPIPE, SIG_IGN)
        let logger = Logger(label: program)
        let readiness = Readiness(logger: logger)
        let dependencies = DependencyWatch()
        let postgres = pool(database, patience: process.startupTimeout, readiness, dependencies, logger)
        var transport = HTTPClientConfiguration()
        transport.userAgent = "repazoo/\(Release.version)"
        let http = HTTPClient(configuration: transport)
        do {
            try await reach(postgres, within: process.startupTimeout)
            readiness.report("postgres", .up)
            let workflow = try assembly.workflow(ConsumerClients(postgres: postgres, http: http, logger: logger))
            var settings = ConsumerSettings()
            settings.concurrency = process.concurrency
            settings.shutdownGrace = process.shutdownGrace
            settings.startupTimeout = process.startupTimeout
            readiness.register("rabbitmq")
            let consumer = ConsumerService(
                workflow: workflow, broker: broker, postgres: postgres, dependencies: dependencies, settings: settings,
                logger: logger
            ) { server, problem in readiness.report(server, problem.map { .down($0) } ?? .up) }
            try await serve(consumer, process, readiness, logger)
        } catch {
            await postgres.close(grace: .zero)
            return explain(error, program)
        }
        await http.shutdown()
        await postgres.close()
        return .done
    }

    private static func pool(
        _ configuration: PostgresConfiguration, patience: Duration, _ readiness: Readiness,
        _ dependencies: DependencyWatch, _ logger: Logger
    ) -> PostgresPool {
        var configuration = configuration
        configuration.acquireTimeout = min(configuration.acquireTimeout, patience)
        // An outage is told by `Readiness`, once at its start and once at its end.
        var logger = logger
        logger.logLevel = .critical
        readiness.register("postgres")
        return PostgresPool(configuration: configuration, logger: logger) { availability in
            switch availability {
            case .unreachable(let error):
                dependencies.report("postgres", isAway: true)
                readiness.report("postgres", .down("\(error)"))
            case .reachable:
                dependencies.report("postgres", isAway: false)
                readiness.report("postgres", .up)
            }
        }
    }

    private static func reach(_ postgres: PostgresPool, within patience: Duration) async throws {
        let deadline = ContinuousClock.now.advanced(by: patience)
        while true {
            do { return try await postgres.connect() } catch let error as PostgresError {
                guard error.isRetryable, .now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// The second signal ends the process at once; unsettled messages go back to the broker either way.
    private static func serve<W: Workflow>(
        _ consumer: ConsumerService<W>, _ process: ProcessSettings, _ readiness: Readiness, _ logger: Logger
    ) async throws {
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let health = process.health {
            services.append(.init(service: HealthServer(host: health.host, port: health.port, readiness: readiness)))
        }
        services.append(.init(service: consumer, successTerminationBehavior: .gracefullyShutdownGroup))
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
        configuration.maximumGracefulShutdownDuration = process.shutdownGrace + .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }

    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .warning
        return logger
    }

    private static func explain(_ error: any Error, _ program: String) -> ExitCode {
        switch error {
        case let error as AMQPError where [.accessRefused, .invalidURL, .tls].contains(error.kind):
            complain("\(program): AMQP_URL: \(error)", .configuration)
        case let error as PostgresError where [.authentication, .configuration].contains(error.kind):
            complain("\(program): DATABASE_URL: \(error)", .configuration)
        case is AMQPError: complain("\(program): RabbitMQ cannot be used: \(error)", .unavailable)
        case is PostgresError: complain("\(program): PostgreSQL cannot be used: \(error)", .unavailable)
        case let faults as ConfigurationFaults: complain("\(program): \(faults)", .configuration)
        default: complain("\(program): \(error)", .notSo)
        }
    }

    private static func complain(_ text: String, _ code: ExitCode) -> ExitCode {
        var line = text + "\n"
        line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        return code
    }
}
