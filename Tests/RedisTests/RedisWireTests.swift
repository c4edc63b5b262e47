import Redis
import TestKit
import Testing

/// Connections that break or fall silent in the middle of what one side says.
@Suite(.timeLimit(.minutes(1)))
struct RedisWireTests {
    private let long = String(repeating: "x", count: 100_000)

    @Test func aCommandCutWhileItIsSentIsNotExecuted() async throws {
        try await withWire { wire, client, key in
            wire.tell(.cut(after: 50_000, .toServer))
            let error = await #expect(throws: RedisError.self) {
                try await client.send(RedisCommand("SET", key, RedisArgument(long)))
            }
            #expect(error?.kind == .connectionLost && error?.mayHaveBeenExecuted == true && wire.struck == 1)
            let value = try await client.send(RedisCommand("GET", key))
            #expect(value == .null)
        }
    }

    @Test(arguments: [RedisError.Kind.connectionLost, .timedOut])
    func aReplyThatBreaksOffNeverAnswersTheNextCommand(kind: RedisError.Kind) async throws {
        try await withWire { wire, client, key in
            _ = try await client.send(RedisCommand("SET", key, RedisArgument(long)))
            wire.tell(kind == .timedOut ? .stall(after: 50_000) : .cut(after: 50_000))
            let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("GET", key)) }
            #expect(error?.kind == kind)
            wire.tell(nil)
            let echo = try await client.send(RedisCommand("ECHO", "mine")).text()
            #expect(echo == "mine")
            let value = try await client.send(RedisCommand("GET", key)).text()
            #expect(value == long)
        }
    }

    private func withWire(_ body: (FaultyWire, RedisClient, RedisArgument) async throws -> Void) async throws {
        let url = try SharedServers.address(of: .redis)
        let wire = try FaultyWire(before: url)
        defer { wire.end() }
        var configuration = try RedisConfiguration(url: wire.url(url))
        configuration.commandTimeout = .milliseconds(500)
        configuration.availabilityTimeout = .seconds(10)
        let client = RedisClient(configuration)
        _ = try await client.send(RedisCommand("PING"))
        try await body(wire, client, RedisArgument(uniqueName("wire")))
    }
}
