import Foundation
import TestKit
import Testing

@testable import RateLimits

@Suite(.timeLimit(.minutes(1)))
struct RateLimitTests {
    @Test(arguments: [
        ("900/15m", 900, 900.0), ("50/1m", 50, 60), ("1/24h", 1, 86400), ("90/1500ms", 90, 1.5),
        ("1000000000/100ms", 1_000_000_000, 0.1), ("007/30s", 7, 30),
    ])
    func reads(text: String, count: Int, seconds: Double) throws {
        let limit = try #require(RateLimit(setting: text))
        #expect(limit == RateLimit(count: count, per: .milliseconds(Int(seconds * 1000))))
        #expect(limit.count == count && limit.window == .milliseconds(Int(seconds * 1000)))
    }

    @Test(arguments: [
        "", "900", "/15m", "900/", "900/15", "0/15m", "-1/15m", "+1/15m", "1000000001/1m", "900/0s", "900/99ms",
        "900/25h", "900/1d", "900/15m/2", "9e2/15m", "900 /15m", "900/ 15m", "٣/15m", "900/٣m", "900/-1m",
        "99999999999999999999/1m", "1/99999999999999999999h",
    ])
    func refuses(text: String) { #expect(RateLimit(setting: text) == nil) }

    @Test func defaults() {
        #expect(RateLimit.twitterUser == RateLimit(setting: "900/15m"))
        #expect(RateLimit.twitterApp == RateLimit(setting: "10000/15m"))
        #expect(RateLimit.anthropicUser == RateLimit(setting: "50/1m"))
    }

    /// What the proof at `WindowGrid` rests on, for windows of every odd length.
    @Test func bucketsCoverTheWindowAndWasteLessThanTwoPercent() throws {
        var random = SeededRandom(seed: 1)
        let spans =
            [100, 101, 1500, 60_000, 900_000, 86_399_999]
            + (0..<2000).map { _ in
                Int.random(in: 100...86_400_000, using: &random)
            }
        for milliseconds in spans {
            let grid = WindowGrid(try #require(RateLimit(count: 900, per: .milliseconds(milliseconds))))
            #expect(grid.span == milliseconds * 1000 && grid.count <= WindowGrid.buckets)
            #expect(
                grid.count * grid.width >= grid.span, "a send at the window's far end is in a bucket that is counted")
            #expect(grid.usable >= 0.98, "\(milliseconds) ms: \(grid.usable)")
        }
    }

    private let grid: WindowGrid

    init() throws { grid = WindowGrid(try #require(RateLimit(setting: "900/15m"))) }

    @Test func wordsOfTheProviderAreBounded() throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func values(_ limit: Int?, _ remaining: Int, resetsIn seconds: Double) -> [Int] {
            ProviderWindow(
                limit: limit, remaining: remaining, resetsAt: now.addingTimeInterval(seconds), answeredAt: now
            )
            .values(in: grid)
        }
        #expect(values(900, 17, resetsIn: 60) == [900, 17, 61_000_000])
        #expect(values(nil, 0, resetsIn: 0) == [0, 0, 1_000_000])
        #expect(values(-5, -5, resetsIn: -3600) == [0, 0, 1_000_000], "a reset in the past counts for a second")
        #expect(values(.max, .max, resetsIn: 253_402_300_799)[2] == 901_000_000, "no window lasts longer than it can")
        #expect(values(.max, .max, resetsIn: 1)[0...1].allSatisfy { $0 <= 1_000_000_000_000 })
        #expect(values(900, 1, resetsIn: .infinity) == [900, 1, 1_000_000])
    }

    @Test(
        arguments: [
            (nil, nil, 900), (300.0, nil, 301), (nil, 300.0, 301), (300.0, 400.0, 401), (-9.0, nil, 60),
            (-9.0, 2.0, 60),
            (1e7, nil, 86400), (nil, 1e9, 86400),
        ] as [(Double?, Double?, Int)])
    func closingIsBounded(resetsIn: Double?, retryAfter: Double?, seconds: Int) {
        let pause = Closing.pause(
            resetsIn: resetsIn.map { .seconds($0) }, retryAfter: retryAfter.map { .seconds($0) }, in: grid)
        #expect(pause == seconds * 1_000_000)
    }

    @Test func shortWindowsCloseNoLongerThanTheyMust() throws {
        let short = WindowGrid(try #require(RateLimit(setting: "90/1500ms")))
        #expect(Closing.pause(resetsIn: nil, retryAfter: nil, in: short) == 1_500_000)
        #expect(Closing.pause(resetsIn: .zero, retryAfter: nil, in: short) == 1_500_000)
    }
}
