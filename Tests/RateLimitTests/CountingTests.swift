import Contracts
import Foundation
import Redis
import TestKit
import Testing

@testable import RateLimits

/// What other limiters got wrong (redis-cell, upstash, gubernator, envoy ratelimit, limits), and the edges of our own.
@Suite(.timeLimit(.minutes(2)))
struct CountingTests {
    @Test func theCostCountsInTheQuestion() async throws {
        let scope = try await RateScope("10/15m")
        _ = try await scope.granted(9)
        #expect(try await scope.ask(2).permit == nil)
        _ = try await scope.granted(1)
        #expect(try await scope.ask(1).permit == nil)
    }

    /// A counter that begins anew at a fixed moment lets twice the limit through around it, and so does a bucket that is filled
    /// up again (fixed windows; gubernator's leaky bucket).
    @Test func theTurnOfAWindowLetsNoDoubleThrough() async throws {
        let scope = try await RateScope("10/15m", start: 1_800_000_000_000_000 / 900_000_000 * 900_000_000)
        scope.clock.move(seconds(899))
        _ = try await scope.granted(10)
        for _ in 0..<20 {
            scope.clock.move(seconds(40))
            #expect(try await scope.ask().permit == nil)
        }
    }

    @Test func aLimitOfOneLetsOneThrough() async throws {
        let scope = try await RateScope("1/15m")
        #expect(try await scope.free() == 1)
    }

    @Test func moreThanTheLimitIsAnErrorForGood() async throws {
        let scope = try await RateScope("900/15m", app: "500/15m")
        let windows = scope.windows
        let user = scope.user
        await #expect(throws: RateLimitError.costExceedsLimit(cost: 501, limit: 500)) {
            try await windows.admit(user, cost: 501)
        }
        await #expect(throws: RateLimitError.invalidCost(0)) { try await windows.admit(user, cost: 0) }
        #expect(try await scope.free() == 500, "the questions counted nothing")
    }

    @Test func hugeCostsAreCounted() async throws {
        let scope = try await RateScope("1000000000/1m")
        _ = try await scope.granted(999_990_000)
        _ = try await scope.granted(9_001)
        #expect(try await scope.ask(1_000).permit == nil)
        #expect(try await scope.free(upTo: 1000) == 999)
    }

    /// Sub-unit times to live made keys vanish at once; times to live that are stretched by every hit never end.
    @Test(arguments: ["1000/60s", "1000000000/100ms", "1/24h"])
    func theKeyLivesForItsWindowAndALittleLonger(limit: String) async throws {
        let scope = try await RateScope(limit, longestCall: .milliseconds(10))
        let span = try #require(RateLimit(setting: limit)).window / .milliseconds(1)
        for _ in 0..<2 {
            _ = try await scope.ask()
            let life = try await scope.redis.send(RedisCommand("PTTL", scope.userKey)).integer()
            #expect(Double(life) > span && Double(life) < span * 1.03 + 1100)
        }
    }

    @Test func questionsThatAreRefusedPutNothingOff() async throws {
        let scope = try await RateScope("10/15m")
        _ = try await scope.granted(10)
        let first = try await scope.ask().wait
        #expect(first >= seconds(900) && first <= seconds(918))
        for _ in 0..<50 {
            scope.clock.move(seconds(10))
            #expect(try await scope.ask().permit == nil)
        }
        #expect(try await scope.ask().wait == first - seconds(500))
        scope.clock.move(first - seconds(500) - 1)
        #expect(try await scope.ask().wait == 1)
        scope.clock.move(1)
        #expect(try await scope.free() == 10)
    }

    @Test func notBeforeWaitsForAsManyAsAreAsked() async throws {
        let scope = try await RateScope("10/15m")
        for _ in 0..<5 {
            _ = try await scope.granted(2)
            scope.clock.move(seconds(60))
        }
        let (one, three) = (try await scope.ask(1).wait, try await scope.ask(3).wait)
        #expect(three - one > seconds(50) && three - one < seconds(70))
        scope.clock.move(one)
        #expect(try await scope.ask(3).permit == nil)
        scope.clock.move(three - one)
        #expect(try await scope.ask(3).permit != nil)
    }

    @Test func allClientsAndNoOtherUsersShareAWindow() async throws {
        let scope = try await RateScope("10/15m", app: "15/15m")
        let clock = scope.clock
        let other = RateWindows(
            redis: RedisClient(try RedisConfiguration(url: SharedServers.address(of: .redis))),
            provider: scope.provider,
            limits: .init(user: try #require(RateLimit(setting: "10/15m")), app: RateLimit(setting: "15/15m")),
            time: { clock.now })
        _ = try await scope.granted(10)
        if case .go = try await other.admit(scope.user) {
            Issue.record("the other client does not see the first's sends")
        }
        let second = try #require(UserID("user-2{x}"))
        #expect(try await scope.ask(5, second).permit != nil)
        guard case .notBefore(_, .app) = try await scope.windows.admit(second) else {
            Issue.record("the app's window is full")
            return
        }
        guard case .notBefore(_, .user) = try await scope.windows.admit(scope.user) else {
            Issue.record("the user's window is open the latest")
            return
        }
        scope.clock.move(seconds(920))
        #expect(try await scope.ask(10, second).permit != nil, "what was refused by one window is counted in neither")
    }

    @Test func whatIsGivenBackCanBeUsed() async throws {
        let scope = try await RateScope("10/15m", app: "10/15m")
        let permit = try await scope.granted(10)
        try await scope.windows.giveBack(permit, 4)
        #expect(try await scope.free() == 4)
        let late = try await RateScope("10/15m")
        let old = try await late.granted(10)
        late.clock.move(seconds(920))
        _ = try await late.granted(10)
        try await late.windows.giveBack(old, 10)
        #expect(try await late.free() == 0, "its bucket is gone, and it is taken from no other")
        await #expect(throws: RateLimitError.invalidCost(11)) { try await late.windows.giveBack(old, 11) }
    }

    @Test func aPermitTellsHowFullItFoundTheWindows() async throws {
        let scope = try await RateScope("10/15m", app: "40/15m")
        #expect(try await scope.granted(7).fullness(.user) == 0.7)
        let permit = try await scope.granted(1)
        #expect(permit.fullness(.user) == RatePermit.nearLimit && permit.fullness(.app) == 0.2)
        try await scope.windows.answered(permit, app: ProviderWindow(limit: 20, remaining: 12, resetsIn: .seconds(60)))
        #expect(try await scope.granted(1).fullness(.app) == 0.45, "of what the provider allows")
        #expect(try await RateScope("10/15m").granted().fullness(.app) == nil)
    }

    @Test func microsecondsAreKept() async throws {
        let scope = try await RateScope("10/15m")
        #expect(try await scope.granted().grantedAt == 1_800_000_000_123_457)
        scope.clock.move(1)
        #expect(try await scope.granted().grantedAt == 1_800_000_000_123_458)
    }

    @Test func aClockThatIsSetBackNeitherFreesNorBlocks() async throws {
        let scope = try await RateScope("10/15m")
        _ = try await scope.granted(10)
        scope.clock.move(-seconds(3600))
        let wait = try await scope.ask().wait
        #expect(wait >= seconds(900) && wait <= seconds(918))
        scope.clock.move(seconds(899))
        #expect(try await scope.free() == 0)
        scope.clock.move(seconds(19))
        #expect(try await scope.free() == 10, "time went on from where it stood")
    }

    /// Memory is the buckets': full of sends in every bucket, a limit of a billion takes what one of a thousand takes.
    @Test func memoryDoesNotGrowWithTheLimit() async throws {
        var sizes: [Int] = []
        for limit in [100, 1000, 1_000_000_000] {
            let scope = try await RateScope("\(limit)/15m")
            for _ in 0..<400 {
                _ = try await scope.ask(limit / 100)
                scope.clock.move(seconds(4.6))
            }
            sizes.append(
                try await scope.redis.send(RedisCommand("MEMORY", "USAGE", scope.userKey, "SAMPLES", 0)).integer())
        }
        print("rate limits | a full window takes \(sizes) bytes at limits of 100, 1,000 and 1,000,000,000")
        #expect(sizes.allSatisfy { $0 < 8192 })
        #expect(try #require(sizes.max()) <= sizes[0] + 2048)
    }

    @Test func allKeysOfAQuestionLieInOneSlotOfACluster() async throws {
        let settings = ["SERVERS_REDIS_CONF": "cluster-enabled yes"]
        try await PrivateServers.with([.redis], settings: settings) { servers in
            let client = RedisClient(try RedisConfiguration(url: servers.redisURL))
            _ = try await client.send(RedisCommand("CLUSTER", "ADDSLOTSRANGE", 0, 16383))
            try await eventually("the cluster is whole") {
                try await client.send(RedisCommand("CLUSTER", "INFO")).text().contains("cluster_state:ok")
            }
            let crossing = await #expect(throws: RedisError.self) {
                try await client.run(RedisScript("return 1"), keys: ["{a}1", "{b}1"])
            }
            #expect(crossing?.kind == .server(code: "CROSSSLOT"), "this cluster does object")
            let scope = try await RateScope("10/15m", app: "20/15m", url: servers.redisURL)
            let permit = try await scope.granted(10)
            try await scope.windows.giveBack(permit, 1)
            let free = try await scope.free()
            #expect(free == 1)
        }
    }
}
