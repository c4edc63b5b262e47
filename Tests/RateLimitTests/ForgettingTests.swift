import Contracts
import Redis
import TestKit
import Testing

@testable import RateLimits

/// An erasure leaves nothing of a user in Redis (`limits` cleared everything but its sliding windows).
@Suite(.timeLimit(.minutes(1)))
struct ForgettingTests {
    @Test func nothingOfTheUserStaysAndNobodyElseIsTouched() async throws {
        let (here, there) = (try await RateScope("10/15m"), try await RateScope("10/15m"))
        let name = uniqueName("user")
        let victim = try #require(UserID(name))
        // Each would fit the victim's key, were it taken for a pattern.
        let front = String(name.dropLast())
        let patterns: [String] = ["\(front)?", "\(front)*", "*", "\(front)[a-z0-9]", "\(name)\\"]
        let others = try patterns.map { try #require(UserID($0)) }
        for user in [victim] + others {
            for scope in [here, there] { #expect(try await scope.ask(7, user).permit != nil) }
        }
        for other in others { #expect(try await RateWindows.forget(other, in: here.redis) == 2) }
        #expect(try await here.ask(4, victim).permit == nil)
        #expect(try await RateWindows.forget(victim, in: here.redis) == 2)
        #expect(try await here.ask(10, victim).permit != nil, "its window is empty again")
        #expect(try await RateWindows.forget(victim, in: here.redis) == 1)
        #expect(try await RateWindows.forget(victim, in: here.redis) == 0)
    }
}
