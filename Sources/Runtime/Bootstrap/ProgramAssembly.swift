public import AMQP
public import ConsumerRuntime
public import HTTPTransport
public import Logging
public import Postgres
public import Redis
public import ServiceLifecycle
public import Telemetry

/// How a long-running program is put together: reads its own settings, then makes its service from the clients that
/// `ProgramHost` opened.
public protocol ProgramAssembly: Sendable {
    static var program: String { get }

    /// For `--help`: one sentence, what it does until SIGTERM, and the variables that it reads beside those of every program.
    static var abstract: String { get }
    static var duty: String { get }
    static var variables: [(name: String, meaning: String)] { get }

    /// Whether `REDIS_URL` is read and a client opened.
    static var usesRedis: Bool { get }

    /// Reads settings; faults go to the reader, and `service` is called only if there are none.
    init(reading reader: inout SettingsReader)

    /// Called when the servers have been reached.
    func service(_ clients: ProgramClients) throws -> any Service
}

/// What a program works with. All clients are shared and safe from any task.
public struct ProgramClients: Sendable {
    /// A server went away (with the reason), or is back (nil): `/readyz` and the log tell it.
    public typealias DependencyObserver = @Sendable (_ server: String, _ problem: String?) -> Void

    public let settings: ProcessSettings
    public let broker: AMQPConfiguration
    public let postgres: PostgresPool
    /// Nil for a program that does not use it.
    public let redis: RedisClient?
    public let http: HTTPClient
    /// Hears from the clients of PostgreSQL and Redis.
    public let dependencies: DependencyWatch
    /// What a consumer says of itself in its heartbeat.
    public let vitals: Vitals
    /// Nil when nothing is traced.
    public let tracer: ExportingTracer?
    public let logger: Logger
    public let onDependency: DependencyObserver

    func with(
        dependencies: DependencyWatch, vitals: Vitals, onDependency: @escaping DependencyObserver
    ) -> ProgramClients {
        ProgramClients(
            settings: settings, broker: broker, postgres: postgres, redis: redis, http: http,
            dependencies: dependencies, vitals: vitals, tracer: tracer, logger: logger, onDependency: onDependency)
    }
}
