public import Bootstrap
import Contracts
public import ServiceLifecycle

/// Puts the alert consumer together: at present, what takes in the dead letters.
public struct AlertingAssembly: ProgramAssembly {
    public static let program = ConsumerName.alert.program
    public static let abstract = "Takes in the dead letters of every consumer, for `repazoo dead` to show and replay."
    public static let duty = "Consumes the dead-letter queues"
    public static let variables: [(name: String, meaning: String)] = []
    public static let usesRedis = false

    public init(reading reader: inout SettingsReader) {}

    public func service(_ clients: ProgramClients) throws -> any Service {
        DeadLetterService(
            broker: clients.broker, postgres: clients.postgres, grace: clients.settings.shutdownGrace,
            startupTimeout: clients.settings.startupTimeout, prefetch: clients.settings.concurrency,
            logger: clients.logger, onDependency: clients.onDependency)
    }
}
