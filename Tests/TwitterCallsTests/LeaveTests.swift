import CircuitBreakers
import Contracts
import Foundation
import RateLimits
import Redis
import TestKit
import Testing

@testable import TwitterAPI
@testable import TwitterCalls

/// When a call to X may be made.
@Suite(.timeLimit(.minutes(2)))
struct LeaveTests {
    @Test func aFullWindowPutsOffWithoutACall() async throws {
        try await CallsScope.with { scope in
            let (here, there) = (try scope.calls("3/15m", app: "5/15m"), try scope.calls("3/15m", app: "5/15m"))
            for calls in [here, there, here] { try await calls.page("801") }
            let ours = try #require(await there.refusal("801"))
            #expect(ours.scope == .user && !ours.isByProvider)
            #expect((880...960).contains(ours.until.timeIntervalSinceNow))
            try await there.page("802")
            try await here.page("803")
            let apps = try #require(await here.refusal("804"))
            #expect(apps.scope == .app)
            #expect(try await scope.callsSeen() == 5)
        }
    }

    /// The stricter wins: X counts what others did behind our back.
    @Test func whatXSaysIsLeftIsAllThereIs() async throws {
        try await CallsScope.with { scope in
            let calls = try scope.calls()
            let rate = RateHeaders(
                window: RateWindow(limit: 900, remaining: 2, resetsAt: Date() + 300), answeredAt: Date())
            _ = try await calls.answered(rate)
            for _ in 0..<2 { _ = try await calls.answered(RateHeaders()) }
            let limited = await #expect(throws: RateLimited.self) { try await calls.answered(RateHeaders()) }
            #expect((295...335).contains(limited?.until.timeIntervalSinceNow ?? 0))
            #expect(limited?.isByProvider == false)
        }
    }

    /// The limit that X tells says whose window it is.
    @Test func xMayTellOfTheAppsWindow() async throws {
        try await CallsScope.with { scope in
            let calls = try scope.calls()
            _ = try await calls.answered(
                RateHeaders(window: RateWindow(limit: 10_000, remaining: 0, resetsAt: Date() + 60), answeredAt: Date()))
            let limited = try #require(await calls.refusal("805"))
            #expect(limited.scope == .app && (60...70).contains(limited.until.timeIntervalSinceNow))
        }
    }

    /// 150 in 15 minutes for the app, whoever asks; timelines are none of it.
    @Test func complianceHasAWindowOfItsOwn() async throws {
        try await CallsScope.with { scope in
            let (here, there) = (try scope.calls(), try scope.calls())
            for number in 0..<150 {
                let calls = number % 2 == 0 ? here : there
                _ = try await calls.send(.compliance, for: nil) { TwitterAnswer(.success(1), wasSent: true) }
            }
            for calls in [here, there] {
                let limited = await #expect(throws: RateLimited.self) {
                    _ = try await calls.send(.compliance, for: nil) { () -> TwitterAnswer<Int> in
                        Issue.record("it was called all the same")
                        return TwitterAnswer(.success(1), wasSent: true)
                    }
                }
                #expect(limited?.endpoint == .compliance && limited?.isByProvider == false)
            }
            try await here.page("809")
        }
    }

    @Test func aDayThatIsUsedUpClosesLikeA429() async throws {
        try await CallsScope.with { scope in
            let calls = try scope.calls()
            var rate = RateHeaders(answeredAt: Date())
            rate.appDayEndsAt = Date() + 7200
            #expect(try await calls.answered(rate) == 1, "this one got through")
            let limited = try #require(await calls.refusal("806"))
            #expect(limited.scope == .app && (7190...7240).contains(limited.until.timeIntervalSinceNow))
        }
    }

    @Test func whatWasSurelyNotSentCostsNothing() async throws {
        try await CallsScope.with { scope in
            let calls = try scope.calls("1/15m", at: "http://127.0.0.1:1")
            for _ in 0..<3 {
                await #expect(throws: TwitterError.unavailable(.network, retryAfter: nil)) {
                    try await calls.page("807")
                }
            }
            struct Hindrance: Error {}
            let user = try #require(UserID("user-807"))
            await #expect(throws: Hindrance.self) {
                try await calls.send(.timeline, for: user) { () -> TwitterAnswer<Int> in throw Hindrance() }
            }
            try await scope.calls("1/15m").page("807")
            #expect(await calls.refusal("807")?.scope == .user)
        }
    }

    @Test func withoutRedisNothingIsSent() async throws {
        try await CallsScope.with { scope in
            try await PrivateServers.with([.redis]) { servers in
                let calls = try scope.calls(redis: try servers.redisURL)
                try await calls.page("808")
                try await servers.kill(.redis)
                let error = await #expect(throws: RedisError.self) { try await calls.page("808") }
                #expect(error?.isRetryable == true, "the runtime holds the message")
                let seen = try await scope.callsSeen()
                #expect(seen == 1)
            }
        }
    }

    /// Many callers, one lease at a time: a Redis that lost its data while calls were being made is told from a new one.
    @Test func aNewRedisCostsNothingAndAnEmptiedOneIsFeltOut() async throws {
        try await CallsScope.with { scope in
            try await PrivateServers.with([.redis]) { servers in
                let url = try servers.redisURL
                let user = try #require(UserID("user-809"))
                let calls = try scope.calls(redis: url)
                // All are on their way at the same time: none may wait for another.
                let together = Meeting(of: 8)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            _ = try await calls.send(.timeline, for: user) {
                                await together.arrive()
                                return TwitterAnswer(.success(1), wasSent: true)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                _ = try await RedisClient(try RedisConfiguration(url: url)).send(RedisCommand("FLUSHALL"))
                // A process that starts now finds in PostgreSQL that others may be calling.
                let later = try scope.calls(redis: url)
                let (held, release) = AsyncStream<Void>.makeStream()
                let (started, start) = AsyncStream<Void>.makeStream()
                let first = Task {
                    try await later.send(.timeline, for: user) {
                        start.finish()
                        for await _ in held {}
                        return TwitterAnswer(.success(1), wasSent: true)
                    }
                }
                for await _ in started {}
                let limited = try #require(await later.refusal("810"))
                #expect(limited.scope == .app, "one at a time, whoever it is for")
                release.finish()
                _ = try await first.value
            }
        }
    }
}

/// Lets everybody go on when all are there.
actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) { missing = count }

    func arrive() async {
        missing -= 1
        if missing == 0 {
            for continuation in waiting { continuation.resume() }
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
