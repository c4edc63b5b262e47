public import ConsumerRuntime
public import ServiceLifecycle

/// A consumer as a program.
public struct ConsumerProgram<Assembly: ConsumerAssembly>: ProgramAssembly {
    public static var program: String { Assembly.consumer.program }
    public static var abstract: String { Assembly.abstract }
    public static var duty: String { "Consumes the queue \(Assembly.consumer.queue)" }
    public static var variables: [(name: String, meaning: String)] { Assembly.variables }
    public static var usesRedis: Bool { Assembly.usesRedis }

    private let assembly: Assembly
    /// Hears of each step of each message; for drills.
    public var observeStep: StepObserver = { _ in }

    public init(reading reader: inout SettingsReader) { assembly = Assembly(reading: &reader) }

    public func service(_ clients: ProgramClients) throws -> any Service {
        var settings = ConsumerSettings()
        settings.concurrency = clients.settings.concurrency
        settings.shutdownGrace = clients.settings.shutdownGrace
        settings.startupTimeout = clients.settings.startupTimeout
        let consumer = ConsumerService(
            workflow: try assembly.workflow(clients), broker: clients.broker, postgres: clients.postgres,
            dependencies: clients.dependencies, vitals: clients.vitals, settings: settings, logger: clients.logger,
            tracer: clients.tracer, observeStep: observeStep,
            onDependency: clients.onDependency)
        return PreparedService(service: consumer) { [assembly] in try await assembly.prepare(clients) }
    }
}

/// A service with something to do before it starts. A signal meanwhile ends it cleanly.
private struct PreparedService<S: Service>: Service {
    let service: S
    let prepare: @Sendable () async throws -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await prepare() }
        } catch  where Task.isShuttingDownGracefully {
            return
        }
        try await service.run()
    }
}
