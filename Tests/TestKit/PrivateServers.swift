/// Servers that belong to one test, which may kill them and start them again.
///
/// They live exactly as long as the body of `with`: they are gone when it returns or throws, and when the test process
/// dies in the middle, even by SIGKILL. Starting RabbitMQ takes several seconds: use one set for several checks.
public struct PrivateServers: Sendable {
    /// Where the servers keep their data, ports and logs (`rabbitmq.log` …).
    public let folder: String

    private let addresses: [String: String]

    public var amqpURL: String { get throws { try address(of: .rabbitmq) } }
    public var databaseURL: String { get throws { try address(of: .postgres) } }
    public var redisURL: String { get throws { try address(of: .redis) } }

    /// Starts the servers, runs `body`, and takes them down.
    ///
    /// - Parameter settings: Environment variables for `compose/servers`, such as `SERVERS_RABBITMQ_CONF`.
    /// - Throws: `ServerError` when a server does not start, with the end of its log, or what `body` throws.
    public static func with<Result>(
        _ servers: Set<Server>, settings: [String: String] = [:],
        _ body: (PrivateServers) async throws -> Result
    ) async throws -> Result {
        let held = try await ServerHold.start(servers, settings: settings)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(PrivateServers(folder: held.folder, addresses: held.addresses)))
        } catch {
            outcome = .failure(error)
        }
        await held.release()
        return try outcome.get()
    }

    /// The address of a server of this set.
    public func address(of server: Server) throws -> String {
        guard let address = addresses[server.addressVariable] else {
            throw ServerError(description: "\(server.rawValue) is not one of the servers this test asked for")
        }
        return address
    }

    /// Kills the server and all its processes (SIGKILL); returns when none is left.
    public func kill(_ server: Server) async throws {
        _ = try await ServerScript.run(["kill", "--dir", folder, server.rawValue])
    }

    /// Starts a killed server on its old port and data; returns when it answers.
    public func start(_ server: Server) async throws {
        _ = try await ServerScript.run(["start", "--dir", folder, server.rawValue])
    }

    /// Stops all the server's processes (SIGSTOP): connections stay open, and nobody answers.
    public func freeze(_ server: Server) async throws {
        _ = try await ServerScript.run(["freeze", "--dir", folder, server.rawValue])
    }

    /// Lets a frozen server go on.
    public func thaw(_ server: Server) async throws {
        _ = try await ServerScript.run(["thaw", "--dir", folder, server.rawValue])
    }

    /// Returns when the broker has on disk which queues it has. Without this, RabbitMQ 3.10 may forget the log of a quorum queue
    /// that was declared within a second before a SIGKILL: its registry is a file that is saved in moments of rest.
    public func settleQueues() async throws {
        _ = try await rabbitmqctl("eval", "[dets:sync(Table) || Table <- dets:all()].")
    }

    /// Runs RabbitMQ's own command line against this broker, for alarms (`set_vm_memory_high_watermark 0`), virtual hosts
    /// and the like, and returns what it printed. It takes a second or two.
    public func rabbitmqctl(_ arguments: String...) async throws -> String {
        try await ServerScript.run(["rabbitmqctl", "--dir", folder, "--"] + arguments)
    }
}
