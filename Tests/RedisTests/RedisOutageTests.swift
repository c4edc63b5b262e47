import Redis
import Synchronization
import TestKit
import Testing

/// On a server of its own, which is paused, flushed and killed.
@Suite(.timeLimit(.minutes(2)))
struct RedisOutageTests {
    @Test func scriptsTimeOutsAndAKilledServer() async throws {
        try await PrivateServers.with([.redis]) { servers in
            try await scriptSurvivesAFlush(try servers.redisURL)
            try await lateReplyNeverAnswersTheNextCommand(try servers.redisURL)
            try await aFrozenServerTimesOutAndComesBack(servers)
            try await killedServerComesBack(servers)
        }
    }

    private func scriptSurvivesAFlush(_ url: String) async throws {
        let client = RedisClient(try RedisConfiguration(url: url))
        let script = RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")
        let key = RedisArgument(uniqueName("counter"))
        #expect(try await client.run(script, keys: [key], arguments: [2]).integer() == 2)
        #expect(
            try await client.send(RedisCommand("SCRIPT", "EXISTS", RedisArgument(script.sha1))) == .array([.integer(1)])
        )
        _ = try await client.send(RedisCommand("SCRIPT", "FLUSH"))
        #expect(try await client.run(script, keys: [key], arguments: [3]).integer() == 5)
        #expect(try await client.run(script, keys: [key], arguments: [4]).integer() == 9)
    }

    private func lateReplyNeverAnswersTheNextCommand(_ url: String) async throws {
        let admin = RedisClient(try RedisConfiguration(url: url))
        var configuration = try RedisConfiguration(url: url)
        configuration.commandTimeout = .milliseconds(100)
        configuration.availabilityTimeout = .seconds(10)
        let client = RedisClient(configuration)
        let before = try await client.send(RedisCommand("CLIENT", "ID")).integer()
        _ = try await admin.send(RedisCommand("CLIENT", "PAUSE", 400))
        let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("ECHO", "late")) }
        #expect(error?.kind == .timedOut && error?.isConnectionFatal == true && error?.mayHaveBeenExecuted == true)
        try await eventually("the paused server answers again") {
            guard let reply = try? await client.send(RedisCommand("ECHO", "mine")) else { return false }
            #expect(reply == .string(Array("mine".utf8)))
            return true
        }
        #expect(try await client.send(RedisCommand("CLIENT", "ID")).integer() != before)
    }

    private func aFrozenServerTimesOutAndComesBack(_ servers: PrivateServers) async throws {
        var configuration = try RedisConfiguration(url: try servers.redisURL)
        configuration.commandTimeout = .milliseconds(200)
        let client = RedisClient(configuration)
        #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
        try await servers.freeze(.redis)
        let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
        #expect(error?.kind == .timedOut)
        try await servers.thaw(.redis)
        try await eventually("it answers again") { (try? await client.send(RedisCommand("PING"))) != nil }
    }

    private func killedServerComesBack(_ servers: PrivateServers) async throws {
        let changes = Changes()
        var configuration = try RedisConfiguration(url: try servers.redisURL)
        configuration.availabilityTimeout = .milliseconds(200)
        let client = RedisClient(configuration, onAvailabilityChange: changes.add)
        #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))

        let load = Task {
            var kinds: Set<RedisError.Kind> = []
            while !Task.isCancelled {
                do throws(RedisError) {
                    let text = try await client.send(RedisCommand("ECHO", "mine")).text()
                    #expect(text == "mine")
                } catch {
                    kinds.insert(error.kind)
                }
            }
            return kinds
        }
        try await servers.kill(.redis)
        try await eventually("the client notices") { changes.lost == 1 }
        let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
        #expect(error?.kind == .unavailable && error?.isRetryable == true)
        try await servers.start(.redis)
        try await eventually("the client is back") { (try? await client.send(RedisCommand("PING"))) != nil }
        load.cancel()
        #expect(await load.value.isSubset(of: [.connectionLost, .unavailable, .cancelled]))
        #expect(changes.lost == 1 && changes.regained == 1)
    }
}

private final class Changes: Sendable {
    private let counts = Mutex((lost: 0, regained: 0))

    var lost: Int { counts.withLock { $0.lost } }
    var regained: Int { counts.withLock { $0.regained } }

    func add(_ change: RedisAvailability) {
        counts.withLock { counts in
            switch change {
            case .lost: counts.lost += 1
            case .regained: counts.regained += 1
            }
        }
    }
}
