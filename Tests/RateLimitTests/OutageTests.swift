import Contracts
import Redis
import TestKit
import Testing

@testable import RateLimits

/// Redis that is silent, gone, or new.
@Suite(.timeLimit(.minutes(2)))
struct OutageTests {
    @Test func withoutRedisThereIsNoLeave() async throws {
        try await PrivateServers.with([.redis], frozenAndDead)
    }

    private func frozenAndDead(_ servers: PrivateServers) async throws {
        var configuration = try RedisConfiguration(url: servers.redisURL)
        configuration.commandTimeout = .milliseconds(300)
        configuration.availabilityTimeout = .milliseconds(300)
        let redis = RedisClient(configuration)
        let windows = RateWindows(
            redis: redis, provider: "drill", limits: .init(user: try #require(RateLimit(setting: "5/15m"))))
        let user = try #require(UserID("user-1"))
        try await windows.assumeNothingWasSent()
        guard case .go(let permit) = try await windows.admit(user) else { throw RateLimitError.malformedReply }

        try await servers.freeze(.redis)
        let start = ContinuousClock.now
        let frozen = await #expect(throws: RedisError.self) { try await windows.admit(user) }
        #expect(frozen?.kind == .timedOut && frozen?.isRetryable == true)
        await #expect(throws: RedisError.self) { try await windows.answered(permit) }
        #expect(ContinuousClock.now - start < .seconds(3))
        try await servers.thaw(.redis)
        try await eventually("it answers again") { (try? await windows.answered(permit)) != nil }
        // The question that timed out may have been counted, and it alone.
        var free = 0
        while case .go = try await windows.admit(user) { free += 1 }
        #expect(free == 3 || free == 4)

        _ = try await redis.send(RedisCommand("SCRIPT", "FLUSH"))
        if case .go = try await windows.admit(user) { Issue.record("a flush of the scripts lost the counts") }
        try await servers.kill(.redis)
        for _ in 0..<3 {
            let dead = await #expect(throws: RedisError.self) { try await windows.admit(user) }
            #expect(dead?.isRetryable == true)
        }
    }

    /// After a loss, with a clock that the test moves.
    @Test func oneAtATimeUntilAFullWindowHasPassed() async throws {
        let scope = try await RateScope("10/15m", longestCall: .seconds(60), isNew: false)
        let first = try await scope.granted()
        #expect(try await scope.ask().wait == seconds(1), "one is on its way: ask again in a second")
        scope.clock.move(seconds(59.5))
        #expect(try await scope.ask().wait == seconds(0.5))
        scope.clock.move(seconds(0.5))
        let second = try await scope.granted()
        try await scope.windows.answered(first)
        #expect(try await scope.ask().permit == nil, "the first's end is not the second's")
        try await scope.windows.answered(second)
        try await scope.windows.answered(try await scope.granted())
        scope.clock.move(seconds(840))
        _ = try await scope.granted()
        #expect(try await scope.ask().permit == nil)
        scope.clock.move(seconds(20))
        #expect(try await scope.free() == 7, "a full window has passed; the newest three still count")
    }

    @Test func theProvidersWordEndsIt() async throws {
        let scope = try await RateScope("10/15m", isNew: false)
        let permit = try await scope.granted()
        // The provider counted six before we forgot.
        try await scope.windows.answered(permit, user: ProviderWindow(limit: 10, remaining: 3, resetsIn: .seconds(60)))
        #expect(try await scope.free() == 3)
        scope.clock.move(seconds(62))
        #expect(try await scope.ask().permit == nil, "what they counted is in our window too")
        scope.clock.move(seconds(900))
        #expect(try await scope.free() == 10)
    }

    @Test func theAppsWindowIsCarefulUntilItIsToldItself() async throws {
        let scope = try await RateScope("10/15m", app: "50/15m", isNew: false)
        let other = try #require(UserID("user-2"))
        let permit = try await scope.granted()
        #expect(try await scope.ask(1, other).permit == nil, "one at a time, whoever it is for")
        let word = ProviderWindow(limit: 10, remaining: 9, resetsIn: .seconds(60))
        try await scope.windows.answered(permit, user: word)
        let second = try #require(try await scope.ask(1, other).permit)
        #expect(try await scope.ask().permit == nil)
        try await scope.windows.answered(
            second, user: word, app: ProviderWindow(limit: 50, remaining: 40, resetsIn: .seconds(60)))
        #expect(try await scope.free() == 9)
    }

    @Test func aPermitOfBeforeALossFreesNothingAfterIt() async throws {
        let scope = try await RateScope("10/15m")
        let old = try await scope.granted(10)
        _ = try await scope.redis.send(
            RedisCommand("DEL", scope.userKey, RedisArgument("repazoo:rate:{\(scope.provider)}:marker")))
        scope.clock.move(1)
        let new = try await scope.granted(10)
        try await scope.windows.giveBack(old, 10)
        try await scope.windows.answered(new)
        #expect(try await scope.ask().permit == nil)
    }
}
