import Contracts
import Foundation
import Redis
import TestKit
import Testing

@testable import RateLimits

@Suite(.timeLimit(.minutes(2)))
struct TokenBucketTests {
    @Test func eachOfTheThreeCanBeWhatIsMissing() async throws {
        let scope = try await BucketScope("rpm=100,itpm=60000,otpm=12000")
        #expect(try await scope.free() == 98, "98 % of it at once")
        let requests = try await scope.ask()
        #expect(requests.why == .requests && requests.wait == seconds(0.6))

        let input = try await BucketScope("rpm=100,itpm=60000,otpm=12000")
        _ = try await input.granted(58_000)
        #expect(try await input.ask(800).permit != nil)
        let tokens = try await input.ask(1_000)
        #expect(tokens.why == .inputTokens && tokens.wait == seconds(1), "1,000 a second flow in")

        let output = try await BucketScope("rpm=100,itpm=60000,otpm=12000")
        _ = try await output.granted(0, 11_760)
        let words = try await output.ask(0, 200)
        #expect(words.why == .outputTokens && words.wait == seconds(1))
        output.clock.move(words.wait - 1)
        #expect(try await output.ask(0, 200).permit == nil)
        output.clock.move(1)
        #expect(try await output.ask(0, 200).permit != nil)
    }

    @Test func anEstimateIsPutRight() async throws {
        let scope = try await BucketScope("rpm=1000,itpm=100000,otpm=10000")
        let permit = try await scope.granted(1_000, 9_800)
        #expect(try await scope.ask(0, 1).why == .outputTokens)
        try await scope.buckets.settle(permit, used: TokenAmounts(input: 900, output: 1_800))
        #expect(try await scope.ask(0, 8_001).permit == nil)
        let second = try await scope.granted(0, 8_000)
        // More was used than thought: the bucket owes it.
        try await scope.buckets.settle(second, used: TokenAmounts(input: 0, output: 10_000))
        #expect(try await scope.ask(0, 500).wait == seconds(15), "2,000 owed and 500 at 10,000 a minute")
    }

    @Test func withoutAnAnswerAllOfItWasUsedAndUnsentNone() async throws {
        let scope = try await BucketScope("rpm=1000,itpm=100000,otpm=10000", user: "2/1m")
        let permit = try await scope.granted(0, 9_800)
        try await scope.buckets.settle(permit)
        #expect(try await scope.ask(0, 100).why == .outputTokens)
        scope.clock.move(seconds(30))
        let unsent = try await scope.granted(0, 5_000)
        #expect(try await scope.ask().why == .user)
        try await scope.buckets.giveBack(unsent)
        #expect(try await scope.ask(0, 4_900).permit != nil, "the tokens and the user's call are there again")
        #expect(try await scope.ask().why == .user)
    }

    @Test func aUserHasAShareOfAllClasses() async throws {
        let scope = try await BucketScope("rpm=1000", user: "50/1m")
        for number in 0..<50 {
            #expect(try await scope.ask(of: number % 2 == 0 ? "opus" : "sonnet").permit != nil)
            scope.clock.move(seconds(0.1))
        }
        let answer = try await scope.ask(of: "haiku")
        #expect(answer.why == .user && answer.wait > seconds(54) && answer.wait < seconds(57))
        let other = try #require(UserID("user-2"))
        #expect(try await scope.ask(by: other).permit != nil)
        scope.clock.move(answer.wait - 1)
        #expect(try await scope.ask().permit == nil)
        scope.clock.move(1)
        #expect(try await scope.ask().permit != nil)
    }

    @Test func classesDoNotShare() async throws {
        let scope = try await BucketScope("opus:rpm=10;rpm=20")
        #expect(try await scope.free() == 9)
        #expect(try await scope.ask(of: "sonnet").permit != nil)
        try await scope.buckets.settle(
            try #require(try await scope.ask(of: "sonnet").permit), closedFor: .seconds(20))
        #expect(try await scope.ask(of: "sonnet").why == .closed)
        scope.clock.move(seconds(6.2))
        #expect(try await scope.ask().permit != nil, "529 and 429 of one class are nothing to another")
    }

    @Test func theProvidersWordMakesItStricterAndNothingElse() async throws {
        let scope = try await BucketScope("rpm=1000,itpm=100000,otpm=10000")
        let word = TokenWord(
            requests: .init(limit: 60, remaining: 30), inputTokens: .init(limit: 100_000, remaining: 99_000),
            outputTokens: .init(remaining: 50_000))
        let onItsWay = try await scope.granted(0, 1_000)
        try await scope.buckets.settle(try await scope.granted(), used: .init(input: 0, output: 0), word: word)
        #expect(try await scope.free() == 29, "30 left there, and one on its way that may not be counted yet")
        #expect(try await scope.ask().wait == seconds(1), "their limit is ours: one a second")
        try await scope.buckets.settle(onItsWay, used: .init(input: 0, output: 1_000))
        scope.clock.move(seconds(120))
        #expect(try await scope.free() == 58)
        scope.clock.move(seconds(120))
        #expect(try await scope.ask(0, 9_800).permit != nil, "more than ours is not believed")
    }

    @Test func a429ClosesTheClass() async throws {
        let scope = try await BucketScope("rpm=1000")
        let (early, permit) = (try await scope.granted(), try await scope.granted())
        try await scope.buckets.settle(permit, used: .init(input: 0, output: 0), closedFor: .seconds(20))
        #expect(try await scope.ask().wait == seconds(20))
        try await scope.buckets.settle(early, used: .init(input: 0, output: 0), closedFor: .seconds(5))
        let answer = try await scope.ask()
        #expect(answer.wait == seconds(20) && answer.why == .closed)
        scope.clock.move(seconds(20))
        #expect(try await scope.ask().permit != nil)
    }

    @Test func afterALossOneGoesAtATimeUntilTheProviderHasSpoken() async throws {
        let scope = try await BucketScope("rpm=1000,itpm=100000", isNew: false)
        let other = try #require(UserID("user-2"))
        let first = try await scope.granted(100)
        let second = try await scope.ask(100, by: other)
        #expect(second.why == .unknown && second.wait == seconds(1))
        try await scope.buckets.settle(
            first, used: .init(input: 100, output: 0),
            word: .init(requests: .init(limit: 1000, remaining: 7), inputTokens: .init(remaining: 5_000)))
        var granted = 0
        for number in 10..<30 {
            let user = try #require(UserID("user-\(number)"))
            if try await scope.ask(by: user).permit != nil { granted += 1 }
        }
        #expect(granted == 7, "what they have left, and no more")
        // A user's share is ours alone: one at a time for a minute.
        let tenth = try #require(UserID("user-10"))
        #expect(try await scope.ask(by: tenth).permit == nil)
    }

    /// What a new installation, or one that was at rest, tells a Redis that has counted nothing; one that has counted keeps to it.
    @Test func aNewRedisIsToldFromOneThatForgot() async throws {
        let new = try await BucketScope("rpm=1000", isNew: false)
        try await new.buckets.assumeNothingWasSentUnlessKnown()
        #expect(try await new.free() == 980)

        let known = try await BucketScope("rpm=1000", isNew: false)
        _ = try await known.granted()
        try await known.buckets.assumeNothingWasSentUnlessKnown()
        #expect(try await known.ask().why == .unknown, "one at a time still")
        #expect(known.buckets.longest == .seconds(60))
    }

    @Test func afterALossAMinuteWithoutAWordIsEnough() async throws {
        let scope = try await BucketScope("rpm=1000", isNew: false)
        let lost = try await scope.granted()
        scope.clock.move(seconds(62))
        #expect(try await scope.free() > 900)
        // It comes back from before everything: told apart by its epoch.
        for name in ["marker", "class:opus", "user:user-1"] {
            _ = try await scope.redis.send(
                RedisCommand("DEL", RedisArgument("repazoo:rate:{\(scope.provider)}:\(name)")))
        }
        let next = try await scope.granted()
        try await scope.buckets.settle(lost, used: .init(input: 0, output: 0))
        #expect(try await scope.ask().why == .unknown, "the end of another's call does not end this one's")
        try await scope.buckets.giveBack(next)
        #expect(try await scope.ask().permit != nil)
    }

    @Test func aClockThatIsSetBackOnlyStandsStill() async throws {
        let scope = try await BucketScope("rpm=60", user: "100/1m")
        #expect(try await scope.free() == 58)
        scope.clock.move(-seconds(3600))
        #expect(try await scope.ask().permit == nil)
        scope.clock.move(seconds(1))
        #expect(try await scope.ask().permit != nil)
    }

    /// Whatever is asked, and however late it is settled: a bucket of the provider's size, that fills as theirs does, is never empty,
    /// and whoever takes all that there is gets 98 % of it.
    @Test(arguments: 0..<6)
    func theProvidersBucketIsNeverEmptyAndNoneIsWasted(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let limit = Int.random(in: 2_000...50_000, using: &random)
        let scope = try await BucketScope("rpm=1000000,itpm=1000000000,otpm=\(limit)")
        var theirs = PlayedBucket(limit: limit, at: scope.clock.now)
        var held: [(TokenPermit, Int)] = []
        let start = scope.clock.now
        for _ in 0..<250 {
            let cost = Int.random(in: 1...limit / 20, using: &random)
            let answer = try await scope.ask(0, cost)
            if let permit = answer.permit {
                held.append((permit, Int.random(in: 0...cost, using: &random)))
            } else if let (permit, used) = held.popLast() {
                // Counted there when it is over, at the latest.
                theirs.take(used, at: scope.clock.now)
                try await scope.buckets.settle(permit, used: .init(input: 0, output: used))
            } else {
                scope.clock.move(answer.wait)
            }
            #expect(theirs.level >= 0)
        }
        for (permit, used) in held {
            theirs.take(used, at: scope.clock.now)
            try await scope.buckets.settle(permit, used: .init(input: 0, output: used))
        }
        #expect(theirs.level >= 0)
        let minutes = Double(scope.clock.now - start) / 60_000_000
        #expect(Double(theirs.taken) <= Double(limit) * (minutes + 1))
    }

    @Test func whoeverTakesAllThereIsGetsNearlyAll() async throws {
        let scope = try await BucketScope("rpm=600,itpm=1000000000,otpm=1000000000")
        let (start, minutes) = (scope.clock.now, 20)
        var granted = 0
        while scope.clock.now < start + minutes * 60_000_000 {
            let answer = try await scope.ask()
            if let permit = answer.permit {
                granted += 1
                try await scope.buckets.settle(permit, used: .init(input: 0, output: 0))
            } else {
                scope.clock.move(answer.wait)
            }
        }
        #expect(Double(granted) >= 0.98 * Double(600 * minutes))
    }

    @Test func keysGoByThemselves() async throws {
        let scope = try await BucketScope("rpm=60")
        try await scope.buckets.settle(try await scope.granted())
        for name in ["user:user-1", "class:opus"] {
            let key = RedisArgument("repazoo:rate:{\(scope.provider)}:\(name)")
            let life = try await scope.redis.send(RedisCommand("PTTL", key)).integer()
            #expect(life > 60_000 && life < 700_000, "\(name): \(life)")
        }
    }

    @Test(arguments: [
        ("rpm=5", 5, 2_000_000, 400_000), ("rpm=1,itpm=2,otpm=3", 1, 2, 3), (" otpm = 7 , rpm = 2 ", 2, 2_000_000, 7),
        ("haiku:rpm=9;itpm=4", 4_000, 4, 400_000), ("opus:rpm=9,otpm=8", 9, 2_000_000, 8),
    ])
    func limitsAreRead(_ text: String, _ requests: Int, _ input: Int, _ output: Int) throws {
        let limits = try #require(OrganisationLimits(setting: text)).limits(of: "opus")
        #expect(limits == .init(requests: requests, inputTokens: input, outputTokens: output))
    }

    @Test(arguments: [
        "", "rpm", "rpm=", "rpm=0", "rpm=-1", "rpm=+1", "tpm=5", "rpm=1;;", "rpm=1,rpm=2", "a:b:rpm=1", ":rpm=1",
    ])
    func othersAreRefused(_ text: String) { #expect(OrganisationLimits(setting: text) == nil) }

    @Test func modelsHaveTheirClass() {
        #expect(OrganisationLimits.modelClass(of: "claude-opus-4-5-20251101") == "opus")
        #expect(OrganisationLimits.modelClass(of: "claude-sonnet-5") == "sonnet")
        #expect(OrganisationLimits.modelClass(of: "other-1") == "other-1")
    }
}

/// A provider's token bucket, kept exactly.
private struct PlayedBucket {
    let limit: Int
    private(set) var level: Double
    private(set) var taken = 0
    private var at: Int

    init(limit: Int, at time: Int) {
        self.limit = limit
        level = Double(limit)
        at = time
    }

    mutating func take(_ amount: Int, at time: Int) {
        level = min(Double(limit), level + Double(limit) * Double(time - at) / 60_000_000) - Double(amount)
        at = time
        taken += amount
    }
}
