import FoundationEssentials

/// The servers that the whole test run shares, as the environment names them.
///
/// They are for tests that leave them running. A test takes names of its own (`uniqueName`) for what it creates there;
/// a test that kills a server takes `PrivateServers`.
public struct SharedServers: Sendable {
    public let amqpURL: String
    public let databaseURL: String
    public let redisURL: String

    /// - Throws: `ServerError` when the suite does not run under `make test`.
    public init() throws {
        amqpURL = try Self.address(of: .rabbitmq)
        databaseURL = try Self.address(of: .postgres)
        redisURL = try Self.address(of: .redis)
    }

    /// The address of one server, for a suite that needs no other.
    public static func address(of server: Server) throws -> String {
        let address = ProcessInfo.processInfo.environment[server.addressVariable] ?? ""
        guard !address.isEmpty else {
            throw ServerError(description: "\(server.addressVariable) is not set: run the suite with make test")
        }
        return address
    }
}
