public import Bootstrap
public import ServiceLifecycle

/// Puts the scheduler together.
public struct SchedulerAssembly: ProgramAssembly {
    public static let program = SchedulerService.program
    public static let abstract =
        "Publishes ticks by the clock. Any number of copies run; one leads, the others take over."
    public static let duty = "Publishes the ticks of topology/schedules.json"
    public static let variables: [(name: String, meaning: String)] = []
    public static let usesRedis = false

    public init(reading reader: inout SettingsReader) {}

    public func service(_ clients: ProgramClients) throws -> any Service {
        SchedulerService(
            book: try .current(), broker: clients.broker, postgres: clients.postgres,
            startupTimeout: clients.settings.startupTimeout, tracer: clients.tracer, logger: clients.logger,
            onDependency: clients.onDependency)
    }
}
