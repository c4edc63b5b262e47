import Contracts
import Foundation
import Redis
import TestKit
import Testing

@testable import RateLimits

/// Guarantee 5: in any window, on the server's clock, with any number of consumers, no rate limit is exceeded, and at least
/// 98 % of the allowance can be used.
@Suite(.timeLimit(.minutes(5)))
struct RateLimitsHold {
    // MARK: Processes

    /// Eight processes want all they can get of one user's window, some of them three at a time, and give some of it back.
    @Test func eightProcessesTogetherKeepTheLimit() async throws {
        let (limit, span) = (90, 1_500_000)
        let url = try SharedServers.address(of: .redis)
        let provider = uniqueName("race")
        let windows = RateWindows(
            redis: RedisClient(try RedisConfiguration(url: url)), provider: provider,
            limits: .init(user: try #require(RateLimit(setting: "90/1500ms"))))
        try await windows.assumeNothingWasSent()
        let racers = try (0..<8).map { number in
            try Program(
                "rate-drill", ["hammer", provider, "90/1500ms", "8", number < 4 ? "1" : "3"],
                environment: ["REDIS_URL": url])
        }
        var sends: [SlidingLog.Send] = []
        var winners = 0
        for racer in racers {
            let status = try await racer.ended()
            #expect(status == 0, "\(racer.text().suffix(200))")
            let own = racer.text().matches(of: /granted ([0-9]+) ([0-9]+)/).compactMap { match in
                Int(match.output.1).flatMap { time in Int(match.output.2).map { SlidingLog.Send(time: time, cost: $0) }
                }
            }
            winners += own.isEmpty ? 0 : 1
            sends += own
        }
        let log = SlidingLog(sends.sorted { $0.time < $1.time })
        let most = log.mostInAnyWindow(of: span)
        let (first, last) = (try #require(log.sends.first).time, try #require(log.sends.last).time)
        let usable = Double(limit) * Double(last - first) / Double(span)
        print(
            "rate limits | 8 processes, 90/1500ms: \(log.total) sends in \(last - first) µs, at most \(most) in a window"
        )
        #expect(most <= limit)
        #expect(Double(log.total) >= 0.98 * usable)
        #expect(last - first > 3 * span && winners >= 2, "a race of several, over several windows")
    }

    // MARK: The script against an exact log

    /// Two users, the app, costs, pauses of every length, and sends given back, on a clock that the test moves.
    ///
    /// Granted: an exact log of all sends has room in every window. Refused: an exact log of windows 2 % longer has none, and
    /// at the time named it is granted, a microsecond earlier it is not.
    @Test(arguments: 0..<40)
    func noWindowHoldsMoreAndNoneIsWasted(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        var race = try await RateTrial(using: &random)
        for _ in 0..<250 { try await race.step(using: &random) }
        #expect(race.granted > 20 && race.refused > 5, "\(race.granted) granted, \(race.refused) refused")
    }

    /// 900 in 15 minutes, over a hundred windows, by somebody who sends as soon as he may.
    @Test(arguments: [0, 900_000, 45_000_000])
    func atLeast98PercentCanBeUsed(pause: Int) async throws {
        let (limit, span, rounds) = (900, 900_000_000, 100)
        let clock = HandClock(1_800_000_000_000_001)
        let windows = RateWindows(
            redis: RedisClient(try RedisConfiguration(url: SharedServers.address(of: .redis))),
            provider: uniqueName("greedy"), limits: .init(user: .twitterUser), now: { RateTrial.ours },
            time: { clock.now })
        try await windows.assumeNothingWasSent()
        let user = try #require(UserID("user-1"))
        var log = SlidingLog([])
        let end = clock.now + rounds * span
        while clock.now < end {
            switch try await windows.admit(user, cost: 90) {
            case .go:
                log.add(clock.now, 90)
                clock.move(pause)
            case .notBefore(let time, _): clock.move(RateTrial.wait(time))
            }
        }
        #expect(log.mostInAnyWindow(of: span) <= limit)
        let part = Double(log.total) / Double(limit * rounds)
        print("rate limits | pause \(pause) µs: \(log.total) of \(limit * rounds) used")
        #expect(part >= 0.98)
    }

    // MARK: Redis forgets

    /// The provider's window is full, and Redis loses what it knew, three ways. The provider need refuse one send a time.
    @Test func aLossOfRedisDataBreaksNoLimit() async throws {
        try await PrivateServers.with([.redis], forget)
    }

    private func forget(_ servers: PrivateServers) async throws {
        let redis = RedisClient(try RedisConfiguration(url: servers.redisURL))
        let losses: [(String, () async throws -> Void)] = [
            ("flushed", { _ = try await redis.send(RedisCommand("FLUSHALL")) }),
            ("restarted", { try await self.restart(servers, redis) }),
            (
                "back at an older snapshot",
                {
                    try await self.restart(servers, redis)
                    let value = try await redis.send(RedisCommand("EXISTS", "canary")).integer()
                    #expect(value == 1, "the snapshot is there")
                }
            ),
        ]
        for (number, (name, lose)) in losses.enumerated() {
            let windows = RateWindows(
                redis: redis, provider: "provider\(number)",
                limits: .init(user: try #require(RateLimit(setting: "20/15m"))))
            try await windows.assumeNothingWasSent()
            let provider = PlayedWindow(limit: 20)
            if number == 2 {
                _ = try await redis.send(RedisCommand("SET", "canary", 1))
                _ = try await redis.send(RedisCommand("SAVE"))
            }
            try await Self.rush(windows, provider)
            let before = await provider.accepted
            #expect(before == 20)
            try await lose()
            try await Self.rush(windows, provider)
            let (accepted, refused) = (await provider.accepted, await provider.refused)
            print("rate limits | \(name): \(accepted) accepted, \(refused) refused by the provider")
            #expect(accepted == 20 && refused <= 1)
        }
    }

    private func restart(_ servers: PrivateServers, _ redis: RedisClient) async throws {
        try await servers.kill(.redis)
        try await servers.start(.redis)
        try await eventually("Redis answers") { (try? await redis.send(RedisCommand("PING"))) != nil }
    }

    /// Sixteen callers at once, each with several sends to make; each tells what came of it.
    private static func rush(_ windows: RateWindows, _ provider: PlayedWindow) async throws {
        let user = try #require(UserID("user-1"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<5 {
                        guard case .go(let permit) = try await windows.admit(user) else { continue }
                        if let word = await provider.send() {
                            try await windows.answered(permit, user: word)
                        } else {
                            try await windows.refused(permit, resetsIn: .seconds(500))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// A provider's fixed window that does not end during the test.
private actor PlayedWindow {
    private let limit: Int
    private(set) var accepted = 0
    private(set) var refused = 0

    init(limit: Int) { self.limit = limit }

    /// Nil is 429.
    func send() async -> ProviderWindow? {
        await Task.yield()
        guard accepted < limit else {
            refused += 1
            return nil
        }
        accepted += 1
        return ProviderWindow(limit: limit, remaining: limit - accepted, resetsIn: .seconds(500))
    }
}
