public import ConsumerRuntime
public import Contracts
public import HTTPTransport
public import Logging
public import Postgres

/// How a consumer is put together: reads its own settings, then makes its workflow from the clients that the host opened.
public protocol ConsumerAssembly {
    associatedtype W: Workflow

    static var consumer: ConsumerName { get }

    /// One sentence, and the variables that this consumer reads beside those of every consumer, for `--help`.
    static var abstract: String { get }
    static var variables: [(name: String, meaning: String)] { get }

    /// Reads settings; faults go to the reader, and `workflow` is called only if there are none.
    init(reading reader: inout SettingsReader)

    func workflow(_ clients: ConsumerClients) throws -> W
}

/// The clients that a workflow may use. All are shared and safe from any task.
public struct ConsumerClients: Sendable {
    public let postgres: PostgresPool
    public let http: HTTPClient
    public let logger: Logger
}
