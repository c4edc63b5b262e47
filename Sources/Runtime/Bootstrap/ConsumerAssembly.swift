public import ConsumerRuntime
public import Contracts

/// How a consumer is put together: reads its own settings, then makes its workflow from the clients that the host opened.
public protocol ConsumerAssembly: Sendable {
    associatedtype W: Workflow

    static var consumer: ConsumerName { get }
    static var usesRedis: Bool { get }

    /// One sentence, and the variables that this consumer reads beside those of every consumer, for `--help`.
    static var abstract: String { get }
    static var variables: [(name: String, meaning: String)] { get }

    /// Reads settings; faults go to the reader, and `workflow` is called only if there are none.
    init(reading reader: inout SettingsReader)

    func workflow(_ clients: ProgramClients) throws -> W

    /// Called once, when the servers have been reached and before the first message is taken. What it throws ends the program; what a
    /// provider that is away keeps it from finding out it lets pass.
    func prepare(_ clients: ProgramClients) async throws
}

extension ConsumerAssembly {
    public static var usesRedis: Bool { false }
    public func prepare(_ clients: ProgramClients) async throws {}
}
