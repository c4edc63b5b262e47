public import EventLoop
import Glibc

/// An asynchronous Redis client over one pipelined connection. Any number of tasks may use it at once, from any thread;
/// commands of one task are carried out in order. It connects with the first command and reconnects by itself.
///
/// Cancelling a task releases its caller at once; a command that was sent is carried out all the same.
public final class RedisClient: Sendable {
    private let connection: RedisConnection

    /// - Parameter onAvailabilityChange: Called once when an outage begins and once when it ends, on the loop's thread.
    public init(
        _ configuration: RedisConfiguration, loop: EventLoop = .shared,
        onAvailabilityChange: @escaping @Sendable (RedisAvailability) -> Void = { _ in }
    ) {
        Self.ignoreBrokenPipes
        connection = RedisConnection(
            configuration: configuration, loop: loop, outage: OutageReporter(onAvailabilityChange))
    }

    deinit { Task { [connection] in await connection.close() } }

    /// Waits for a connection, at most `availabilityTimeout`. Not needed before `send`.
    public func connect() async throws(RedisError) {
        if let error = await connection.connected(for: "connecting") { throw error }
    }

    /// Sends a command and returns its reply; an error reply is thrown.
    public func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        let replies = try await connection.execute([command]).get()
        return try (replies.first ?? .null).checked(during: command.name)
    }

    /// Sends commands together and returns their replies in order. Error replies stand among them: one command's error
    /// does not keep the others from being carried out.
    public func pipeline(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        return try await connection.execute(commands).get()
    }

    /// Runs a script by its SHA-1, and by its source where the server does not know it (new, restarted or flushed).
    public func run(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisValue {
        do throws(RedisError) {
            return try await send(script.bySHA(keys, arguments))
        } catch {
            guard error.kind == .server(code: "NOSCRIPT") else { throw error }
            return try await send(script.bySource(keys, arguments))
        }
    }

    /// Closes for good. What is in flight fails as `closed`.
    public func close() async { await connection.close() }

    /// hiredis writes with `write(2)`, which kills the process by SIGPIPE when the server has gone.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
