import Contracts
import Foundation
import TestKit
import Testing

@testable import RateLimits

/// The provider's headers make our windows stricter and nothing else.
@Suite(.timeLimit(.minutes(1)))
struct ProviderWordTests {
    private func word(_ remaining: Int, limit: Int? = nil, in time: Double) -> ProviderWindow {
        ProviderWindow(limit: limit, remaining: remaining, resetsIn: .seconds(time))
    }

    @Test func theStricterWins() async throws {
        let scope = try await RateScope("100/15m")
        let permit = try await scope.granted()
        try await scope.windows.answered(permit, user: word(5, in: 300))
        #expect(try await scope.free() == 5)
        #expect(try await scope.ask(6).wait == seconds(301))
        scope.clock.move(seconds(301))
        #expect(try await scope.free() == 94, "ours again: 1 and 5 were sent")

        let generous = try await RateScope("10/15m")
        try await generous.windows.answered(try await generous.granted(), user: word(5000, limit: 10_000, in: 300))
        #expect(try await generous.free() == 9)
    }

    @Test func aLowerLimitOfTheirsIsOurs() async throws {
        let scope = try await RateScope("100/15m")
        try await scope.windows.answered(try await scope.granted(), user: word(19, limit: 20, in: 10))
        scope.clock.move(seconds(20))
        #expect(try await scope.free() == 19, "also when their window is over")
        #expect(try await scope.ask(30).permit == nil)
    }

    @Test func answersThatOvertakeEachOtherSetNothingFree() async throws {
        let scope = try await RateScope("100/15m")
        var permits: [RatePermit] = []
        for _ in 0..<10 { permits.append(try await scope.granted()) }
        // The provider counted the first last.
        for (remaining, permit) in zip((11...20).reversed(), permits.dropFirst() + permits.prefix(1)).reversed() {
            try await scope.windows.answered(permit, user: word(remaining, in: 300))
        }
        #expect(try await scope.free() == 11, "nothing is on its way any more: all that they have left, and no more")
    }

    @Test func whatIsOnItsWayIsTakenOffWhatTheyHaveLeft() async throws {
        let scope = try await RateScope("1000/15m", longestCall: .seconds(60))
        let first = try await scope.granted()
        let second = try await scope.granted(10)
        try await scope.windows.answered(first, user: word(30, in: 300))
        #expect(
            try await scope.ask(21).wait == seconds(1), "they may have counted the ten already: ask again in a second")
        #expect(try await scope.ask(20).permit != nil)
        try await scope.windows.giveBack(second, 10)
        let third = try await scope.granted(10)
        #expect(try await scope.ask(1).permit == nil)
        try await scope.windows.answered(third)
        #expect(try await scope.ask(1).permit == nil, "an answer without a word may have been counted")
        // Their processes died, and nobody ever reports them.
        scope.clock.move(seconds(121))
        #expect(try await scope.ask(20).permit != nil)
        #expect(try await scope.ask(21).wait == seconds(180))
    }

    @Test func aNewWindowOfTheirsFills() async throws {
        let scope = try await RateScope("1000/15m")
        try await scope.windows.answered(try await scope.granted(), user: word(3, in: 10))
        let last = try await scope.granted()
        scope.clock.move(seconds(12))
        try await scope.windows.answered(last, user: word(400, in: 898))
        #expect(try await scope.free() == 400)
        // The answer of a window that is over comes late.
        try await scope.windows.answered(last, user: word(1, in: 0))
        scope.clock.move(seconds(2))
        #expect(try await scope.ask(401).wait > seconds(890))
    }

    /// A provider whose reset is always a whole window away must not close ours for ever.
    @Test func aResetThatMovesWithEveryAnswerStillPasses() async throws {
        let scope = try await RateScope("10000/15m")
        var sent = 0
        for _ in 0..<400 {
            let (permit, wait) = try await scope.ask()
            if let permit {
                sent += 1
                try await scope.windows.answered(permit, user: word(50, limit: 10_000, in: 900))
                scope.clock.move(seconds(1))
            } else {
                scope.clock.move(wait)
            }
        }
        #expect(sent > 350)
    }

    @Test func givenBackSendsAreLeftInTheirWindowToo() async throws {
        let scope = try await RateScope("100/15m")
        try await scope.windows.answered(try await scope.granted(), user: word(20, in: 300))
        let permit = try await scope.granted(8)
        try await scope.windows.answered(permit, part: 1, user: word(19, in: 300))
        try await scope.windows.giveBack(permit, 7)
        #expect(try await scope.free() == 19)
    }

    @Test func resetsInThePastHoldUpForASecondOnly() async throws {
        let scope = try await RateScope("100/15m")
        try await scope.windows.answered(try await scope.granted(), user: word(0, in: -5000))
        #expect(try await scope.ask().wait == seconds(1))
        scope.clock.move(seconds(1))
        #expect(try await scope.free() == 99)
    }

    @Test func theirClockFarAheadHoldsUpForAWindowAtMost() async throws {
        let scope = try await RateScope("100/15m")
        try await scope.windows.answered(try await scope.granted(), user: word(0, in: 86_400 * 300))
        #expect(try await scope.ask().wait == seconds(901))
    }

    @Test func a429ClosesWhateverTheHeadersSay() async throws {
        let scope = try await RateScope("100/15m")
        let (early, permit) = (try await scope.granted(), try await scope.granted())
        try await scope.windows.refused(permit, resetsIn: .seconds(200), retryAfter: .seconds(100))
        #expect(try await scope.ask().wait == seconds(201))
        try await scope.windows.answered(early, user: word(90, limit: 100, in: 900))
        #expect(try await scope.ask().wait == seconds(201), "remaining is not believed over a 429")
        try await scope.windows.refused(permit, resetsIn: .seconds(-10))
        #expect(try await scope.ask().wait == seconds(201), "a nearer end does not shorten it")
        scope.clock.move(seconds(201))
        let probe = try await scope.granted()
        try await scope.windows.refused(probe, resetsIn: .seconds(-1))
        #expect(try await scope.ask().wait == seconds(60), "a 429 after the reset closes again")
    }

    @Test func a429OfTheAppStopsEveryUser() async throws {
        let scope = try await RateScope("100/15m", app: "1000/15m")
        let other = try #require(UserID("user-2"))
        try await scope.windows.refused(try await scope.granted(), .user, retryAfter: .seconds(100))
        #expect(try await scope.ask(1, other).permit != nil)
        let permit = try #require(try await scope.ask(1, other).permit)
        try await scope.windows.refused(permit, .app, retryAfter: .seconds(300))
        #expect(try await scope.ask(1, other).wait == seconds(301))
        #expect(try await scope.ask().wait == seconds(301))
    }
}
