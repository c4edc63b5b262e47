import Contracts
import Foundation
import Redis
import TestKit
import Testing

@testable import RateLimits

/// The buckets of a provider of their own on the shared server, under a clock that the test moves.
struct BucketScope {
    let redis: RedisClient
    let buckets: TokenBuckets
    let clock = HandClock(1_800_000_000_123_457)
    let provider = uniqueName("models")
    let user: UserID
    static let ours = Date(timeIntervalSinceReferenceDate: 0)

    init(_ organisation: String, user limit: String = "1000000/1m", isNew: Bool = true) async throws {
        redis = RedisClient(try RedisConfiguration(url: SharedServers.address(of: .redis)))
        user = try #require(UserID("user-1"))
        let limits = TokenBuckets.Limits(
            user: try #require(RateLimit(setting: limit)),
            organisation: try #require(OrganisationLimits(setting: organisation)), longestCall: .seconds(300))
        let clock = clock
        buckets = TokenBuckets(
            redis: redis, provider: provider, limits: limits, now: { Self.ours }, time: { clock.now })
        if isNew { try await buckets.assumeNothingWasSent() }
    }

    /// The permit, or how long to wait in microseconds and for what.
    func ask(
        _ input: Int = 0, _ output: Int = 0, of modelClass: String = "opus", by user: UserID? = nil
    ) async throws -> (permit: TokenPermit?, wait: Int, why: TokenLimit?) {
        let amounts = TokenAmounts(input: input, output: output)
        switch try await buckets.reserve(user ?? self.user, modelClass: modelClass, amounts) {
        case .go(let permit): return (permit, 0, nil)
        case .notBefore(let time, let why):
            return (nil, Int((time.timeIntervalSince(Self.ours) * 1_000_000).rounded()), why)
        }
    }

    func granted(_ input: Int = 0, _ output: Int = 0) async throws -> TokenPermit {
        let answer = try await ask(input, output)
        return try #require(answer.permit, "must wait \(answer.wait) µs")
    }

    /// How many calls of this size go now.
    func free(_ input: Int = 0, _ output: Int = 0) async throws -> Int {
        for number in 0..<2000 where try await ask(input, output).permit == nil { return number }
        return 2000
    }
}
