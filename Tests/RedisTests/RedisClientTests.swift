import Redis
import TestKit
import Testing

/// Against the run's shared server: nothing here disturbs other suites.
@Suite(.timeLimit(.minutes(1)))
struct RedisClientTests {
    private let url: String
    private let client: RedisClient
    private let key = RedisArgument(uniqueName("redis"))

    init() throws {
        url = try SharedServers.address(of: .redis)
        client = RedisClient(try RedisConfiguration(url: url))
    }

    @Test func everyTypeOfReply() async throws {
        #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
        #expect(try await client.send(RedisCommand("GET", key)).isNull)
        #expect(try await client.send(RedisCommand("SET", key, 41)) == .status("OK"))
        #expect(try await client.send(RedisCommand("INCR", key)).integer() == 42)
        #expect(try await client.send(RedisCommand("GET", key)).integer() == 42)
        #expect(try await client.send(RedisCommand("GET", key)).text() == "42")
        let script = RedisScript(
            "return {1, 'a', {2, {false, redis.status_reply('FINE')}}, redis.error_reply('CODE text')}")
        #expect(
            try await client.run(script, keys: [])
                == .array([
                    .integer(1), .string([97]), .array([.integer(2), .array([.null, .status("FINE")])]),
                    .error(code: "CODE"),
                ]))
        _ = try await client.send(RedisCommand("DEL", key))
    }

    @Test func argumentsAreBinarySafe() async throws {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) } + Array("\r\n$5\r\n%s%n\0".utf8)
        _ = try await client.send(RedisCommand("SET", key, RedisArgument(bytes)))
        #expect(try await client.send(RedisCommand("GET", key)).bytes() == bytes)
        _ = try await client.send(RedisCommand("SET", key, ""))
        #expect(try await client.send(RedisCommand("GET", key)).bytes().isEmpty)
        let large = [UInt8](repeating: 7, count: 8 << 20)
        _ = try await client.send(RedisCommand("SET", key, RedisArgument(large)))
        #expect(try await client.send(RedisCommand("GET", key)).bytes() == large)
        _ = try await client.send(RedisCommand("DEL", key))
    }

    @Test func thousandCallersGetTheirOwnAnswers() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { [client] group in
            for number in 0..<1000 {
                group.addTask {
                    let text = try await client.send(RedisCommand("ECHO", RedisArgument(number))).text()
                    return text == String(number)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func pipelineKeepsOrderAndErrorsInPlace() async throws {
        let replies = try await client.pipeline([
            RedisCommand("SET", key, "x"), RedisCommand("LPUSH", key, "y"), RedisCommand("GET", key),
            RedisCommand("DEL", key),
        ])
        #expect(replies == [.status("OK"), .error(code: "WRONGTYPE"), .string([120]), .integer(1)])
        #expect(try await client.pipeline([]).isEmpty)
    }

    @Test func errorsNameTheCodeAndNothingElse() async throws {
        _ = try await client.send(RedisCommand("SET", key, "x"))
        let error = try #require(
            await #expect(throws: RedisError.self) { try await client.send(RedisCommand("LPUSH", key, "user-secret")) })
        #expect(error.kind == .server(code: "WRONGTYPE"))
        #expect(!error.isRetryable && !error.isConnectionFatal && !error.mayHaveBeenExecuted)
        let unknown = await #expect(throws: RedisError.self) {
            try await client.send(RedisCommand("NOSUCH", "user-secret"))
        }
        #expect(unknown?.kind == .server(code: "ERR") && "\(unknown as Any)".contains("secret") == false)
        let wrongType = await #expect(throws: RedisError.self) {
            try await client.send(RedisCommand("GET", key)).array()
        }
        #expect(wrongType?.kind == .unexpectedReply)
        let unsupported = await #expect(throws: RedisError.self) {
            try await client.send(RedisCommand("subscribe", "x"))
        }
        #expect(unsupported?.kind == .unsupported)
        _ = try await client.send(RedisCommand("DEL", key))
    }

    @Test func nestingBeyondHiredisEndsTheConnectionOnly() async throws {
        let error = await #expect(throws: RedisError.self) {
            try await client.run(RedisScript("return {{{{{{{{{{1}}}}}}}}}}"), keys: [])
        }
        #expect(error?.kind == .protocolViolation)
        #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
    }

    @Test func wrongPasswordIsAClearError() async throws {
        let user = uniqueName("user")
        _ = try await client.send(
            RedisCommand("ACL", "SETUSER", RedisArgument(user), "on", ">right", "~*", "&*", "+@all"))
        let server = url.dropFirst("redis://".count)
        let right = RedisClient(try RedisConfiguration(url: "redis://\(user):right@\(server)"))
        #expect(try await right.send(RedisCommand("ACL", "WHOAMI")).text() == user)
        let wrong = RedisClient(try RedisConfiguration(url: "redis://\(user):wrong-secret@\(server)"))
        let error = await #expect(throws: RedisError.self) { try await wrong.connect() }
        #expect(error?.kind == .refused && error?.isRetryable == false)
        #expect("\(error as Any)".contains("AUTH") && !"\(error as Any)".contains("secret"))
        await wrong.close()
        _ = try await client.send(RedisCommand("ACL", "DELUSER", RedisArgument(user)))
    }

    @Test func unixSocketAndDatabase() async throws {
        let socket = try await client.send(RedisCommand("CONFIG", "GET", "unixsocket")).array()[1].text()
        let local = RedisClient(try RedisConfiguration(url: "unix://\(socket)?db=5"))
        let info = try await local.send(RedisCommand("CLIENT", "INFO")).text()
        #expect(info.contains(" db=5 ") && info.contains(" name=repazoo ") && info.contains("addr=\(socket):0"))
    }

    @Test func cancelledCallerLeavesAndTheOthersStay() async throws {
        let busy = RedisScript(
            "local t = redis.call('TIME'); local e = t[1] * 1000000 + t[2] + 300000; repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] >= e; return 'slow'"
        )
        let slow = Task { [client] in try await client.run(busy, keys: []) }
        let leaving = Task { [client] in try await client.send(RedisCommand("ECHO", "leaving")) }
        leaving.cancel()
        await #expect(throws: RedisError.self) { try await leaving.value }
        #expect(try await client.send(RedisCommand("ECHO", "staying")).text() == "staying")
        #expect(try await slow.value.text() == "slow")
    }

    @Test func closedClientSaysSo() async throws {
        let client = RedisClient(try RedisConfiguration(url: url))
        _ = try await client.send(RedisCommand("PING"))
        await client.close()
        let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
        #expect(error?.kind == .closed)
    }

    @Test func tooManyInFlightIsOverload() async throws {
        var configuration = try RedisConfiguration(url: url)
        configuration.maximumInFlight = 3
        let client = RedisClient(configuration)
        let four = (0..<4).map { RedisCommand("ECHO", RedisArgument($0)) }
        let error = await #expect(throws: RedisError.self) { try await client.pipeline(four) }
        #expect(error?.kind == .overloaded && error?.isRetryable == true)
        #expect(try await client.pipeline(Array(four.prefix(3))).count == 3)
    }

    @Test func nobodyThereIsUnavailable() async throws {
        var configuration = try RedisConfiguration(url: "unix:///nonexistent/\(uniqueName("socket"))")
        configuration.availabilityTimeout = .milliseconds(50)
        let client = RedisClient(configuration)
        let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
        #expect(error?.kind == .unavailable && error?.mayHaveBeenExecuted == false)
        await client.close()
    }
}
