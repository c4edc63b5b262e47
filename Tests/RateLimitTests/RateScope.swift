import Contracts
import Foundation
import Redis
import TestKit
import Testing

@testable import RateLimits

/// Windows of a provider of their own on the shared server, under a clock that the test moves.
struct RateScope {
    let redis: RedisClient
    let windows: RateWindows
    let clock: HandClock
    let provider: String
    let user: UserID
    /// Our own clock, which stands still and is decades off.
    static let ours = Date(timeIntervalSinceReferenceDate: 0)

    init(
        _ limit: String, app: String? = nil, longestCall: Duration = .seconds(60), isNew: Bool = true,
        start: Int = 1_800_000_000_123_457, url: String? = nil
    ) async throws {
        redis = RedisClient(try RedisConfiguration(url: url ?? SharedServers.address(of: .redis)))
        provider = uniqueName("provider")
        user = try #require(UserID("user-1"))
        let clock = HandClock(start)
        self.clock = clock
        let limits = RateWindows.Limits(
            user: try #require(RateLimit(setting: limit)), app: try app.map { try #require(RateLimit(setting: $0)) },
            longestCall: longestCall)
        windows = RateWindows(
            redis: redis, provider: provider, limits: limits, now: { Self.ours }, time: { clock.now })
        if isNew { try await windows.assumeNothingWasSent() }
    }

    var userKey: RedisArgument { RedisArgument("repazoo:rate:{\(provider)}:user:user-1") }

    /// The permit, or nil and how many microseconds to wait.
    func ask(_ cost: Int = 1, _ user: UserID? = nil) async throws -> (permit: RatePermit?, wait: Int) {
        switch try await windows.admit(user ?? self.user, cost: cost) {
        case .go(let permit): return (permit, 0)
        case .notBefore(let time, _): return (nil, Int((time.timeIntervalSince(Self.ours) * 1_000_000).rounded()))
        }
    }

    /// How many sends of one are granted now.
    func free(upTo most: Int = 1000) async throws -> Int {
        for number in 0..<most where try await ask().permit == nil { return number }
        return most
    }

    func granted(_ cost: Int = 1) async throws -> RatePermit {
        let answer = try await ask(cost)
        return try #require(answer.permit, "must wait \(answer.wait) µs")
    }
}

/// Microseconds.
func seconds(_ number: Double) -> Int { Int(number * 1_000_000) }
