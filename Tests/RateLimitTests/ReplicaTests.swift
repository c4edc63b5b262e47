import Contracts
import Foundation
import Redis
import TestKit
import Testing

@testable import RateLimits

/// Two servers: what replication did to other limiters (redis-cell evaluated the clock anew on each replica), and what is asked
/// of the wrong server.
@Suite(.timeLimit(.minutes(2)))
struct ReplicaTests {
    @Test func aReplicaHoldsTheSameCountsAndGivesNoLeave() async throws {
        try await PrivateServers.with([.redis]) { master in
            try await PrivateServers.with([.redis]) { replica in
                try await compare(try master.redisURL, try replica.redisURL)
            }
        }
    }

    private func compare(_ master: String, _ replica: String) async throws {
        let copy = RedisClient(try RedisConfiguration(url: replica))
        let port = try #require(URL(string: master)?.port)
        _ = try await copy.send(RedisCommand("REPLICAOF", "127.0.0.1", RedisArgument(port)))
        let original = RedisClient(try RedisConfiguration(url: master))
        let provider = uniqueName("replica")
        let windows = RateWindows(
            redis: original, provider: provider, limits: .init(user: try #require(RateLimit(setting: "100/15m"))))
        let user = try #require(UserID("user-1"))
        try await windows.assumeNothingWasSent()
        for _ in 0..<30 {
            guard case .go(let permit) = try await windows.admit(user) else { throw RateLimitError.malformedReply }
            try await windows.answered(permit, user: ProviderWindow(limit: 90, remaining: 60, resetsIn: .seconds(50)))
        }
        let key = RedisArgument("repazoo:rate:{\(provider)}:user:user-1")
        let counts = try await original.send(RedisCommand("HGETALL", key)).array().map { try $0.text() }.sorted()
        #expect(counts.count >= 4)
        try await eventually("the replica has it all") {
            let copied = try await copy.send(RedisCommand("HGETALL", key)).array().map { try $0.text() }.sorted()
            return copied == counts
        }
        let (ends, alsoEnds) = (
            try await original.send(RedisCommand("PEXPIRETIME", key)).integer(),
            try await copy.send(RedisCommand("PEXPIRETIME", key)).integer()
        )
        #expect(ends == alsoEnds, "to the millisecond: no clock was read there")

        let misled = RateWindows(
            redis: copy, provider: provider, limits: .init(user: try #require(RateLimit(setting: "100/15m"))))
        let error = await #expect(throws: RedisError.self) { try await misled.admit(user) }
        #expect(error?.kind == .server(code: "READONLY") && error?.isRetryable == true)
    }
}
