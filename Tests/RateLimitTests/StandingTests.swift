import Contracts
import Redis
import TestKit
import Testing

@testable import RateLimits

/// What people see of limits, beside the scripts that keep them.
@Suite(.timeLimit(.minutes(1))) struct StandingTests {
    private let redis: RedisClient
    private let provider = uniqueName("provider")
    private let user: UserID

    init() throws {
        redis = RedisClient(try RedisConfiguration(url: SharedServers.address(of: .redis)))
        user = try #require(UserID("user-1"))
    }

    @Test func theAppsWindowIsAsFullAsItIs() async throws {
        let limit = try #require(RateLimit(setting: "100/15m"))
        let windows = RateWindows(redis: redis, provider: provider, limits: RateWindows.Limits(user: limit, app: limit))
        #expect(try await RateStanding.app(of: provider, limit: limit, in: redis) == nil)
        try await windows.assumeNothingWasSent()
        guard case .go(let permit) = try await windows.admit(user, cost: 30) else { return }
        _ = try await windows.admit(user, cost: 55)
        let standing = try #require(try await RateStanding.app(of: provider, limit: limit, in: redis))
        #expect(standing == RateStanding(unit: .calls, taken: 85, allowed: 100, closedFor: nil))
        #expect(standing.fullness >= RatePermit.nearLimit)

        // X's own word is stricter, and then it says no.
        try await windows.answered(permit, app: ProviderWindow(limit: 90, remaining: 2, resetsIn: .seconds(300)))
        #expect(try await RateStanding.app(of: provider, limit: limit, in: redis)?.allowed == 90)
        try await windows.refused(permit, .app, resetsIn: .seconds(300))
        let closed = try #require(try await RateStanding.app(of: provider, limit: limit, in: redis)?.closedFor)
        #expect((.seconds(290) ... .seconds(301)).contains(closed))
    }

    @Test func ofAClassTheScarcestIsTold() async throws {
        let organisation = try #require(OrganisationLimits(setting: "rpm=100,itpm=100000,otpm=10000"))
        let buckets = TokenBuckets(
            redis: redis, provider: provider, limits: TokenBuckets.Limits(organisation: organisation))
        let limits = organisation.limits(of: "opus")
        #expect(try await RateStanding.modelClass("opus", of: provider, limits: limits, in: redis) == nil)
        try await buckets.assumeNothingWasSent()
        let amounts = TokenAmounts(input: 1000, output: 9000)
        guard case .go(let permit) = try await buckets.reserve(user, modelClass: "opus", amounts) else { return }
        let standing = try #require(
            try await RateStanding.modelClass("opus", of: provider, limits: limits, in: redis))
        // It fills while we look.
        #expect(standing.unit == .outputTokens && standing.allowed == 9800 && (8000...9000).contains(standing.taken))
        #expect(standing.closedFor == nil)
        try await buckets.settle(permit, used: amounts, closedFor: .seconds(60))
        #expect(
            try await RateStanding.modelClass("opus", of: provider, limits: limits, in: redis)?.closedFor != nil)
    }

    @Test func whatIsNoStateIsAnError() throws {
        let grid = WindowGrid(.twitterApp)
        #expect(throws: RateLimitError.malformedReply) { try RateStanding.app(0, ["state": "1 2 3"], grid) }
        #expect(throws: RateLimitError.malformedReply) {
            try RateStanding.app(0, ["state": "0 0 0 0 0 0 0 0 1e300 0 0 0"], grid)
        }
        #expect(try RateStanding.app(0, [:], grid) == nil)
    }
}
