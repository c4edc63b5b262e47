import Contracts
import Foundation
import Redis
import TestKit
import Testing

@testable import RateLimits

extension RateLimitsHold {
    /// Eight processes want all they can get of one class of models: calls of two sizes, which use less than they reserved, and some
    /// that are never made. None of the three buckets is ever overdrawn, and the one that is short is used up.
    @Test(arguments: [
        (limits: "rpm=600,itpm=100000000,otpm=100000000", short: 0), ("rpm=1000000,itpm=300000,otpm=100000000", 1),
        ("rpm=1000000,itpm=100000000,otpm=60000", 2),
    ])
    func eightProcessesShareTheBuckets(limits: String, short: Int) async throws {
        let url = try SharedServers.address(of: .redis)
        let provider = uniqueName("models")
        let organisation = try #require(OrganisationLimits(setting: limits))
        let buckets = TokenBuckets(
            redis: RedisClient(try RedisConfiguration(url: url)), provider: provider,
            limits: .init(organisation: organisation))
        try await buckets.assumeNothingWasSent()
        let racers = try (0..<8).map { number in
            try Program(
                "rate-drill", ["tokens", provider, limits, "3", number < 4 ? "400" : "1200"],
                environment: ["REDIS_URL": url])
        }
        var calls: [Call] = []
        var winners = 0
        for racer in racers {
            let status = try await racer.ended()
            #expect(status == 0, "\(racer.text().suffix(200))")
            let own = racer.text().matches(of: /granted ([0-9]+) ([0-9]+) ([0-9]+)/).compactMap { Call($0.output) }
            winners += own.isEmpty ? 0 : 1
            calls += own
        }
        calls.sort { $0.time < $1.time }
        let bounds = organisation.limits(of: "opus")
        var played = [bounds.requests, bounds.inputTokens, bounds.outputTokens].map { PlayedBucket(perMinute: $0) }
        for call in calls {
            for (kind, amount) in call.amounts.enumerated() { played[kind].take(amount, at: call.time) }
        }
        for bucket in played { #expect(bucket.lowest > -0.001, "overdrawn by \(-bucket.lowest)") }
        let left = played[short].level / played[short].capacity
        print("token buckets | 8 processes, \(limits): \(calls.count) calls, \(left) of the short one left at the end")
        // A call that did not fit any more is all that may be left.
        #expect(left < 0.02)
        #expect(winners >= 2, "a race of several")
    }

    private struct Call {
        let time: Int
        /// Requests, input, output.
        let amounts: [Int]

        init?(_ match: (Substring, Substring, Substring, Substring)) {
            guard let time = Int(match.1), let input = Int(match.2), let output = Int(match.3) else { return nil }
            self.time = time
            amounts = [1, input, output]
        }
    }
}

/// A provider's own bucket, full when the first call comes, that holds 98 % of a minute.
private struct PlayedBucket {
    let capacity: Double
    private let perMicrosecond: Double
    private(set) var level: Double
    private(set) var lowest = 0.0
    private var last: Int?

    init(perMinute limit: Int) {
        capacity = Double(limit) * 0.98
        perMicrosecond = Double(limit) / 60_000_000
        level = capacity
    }

    mutating func take(_ amount: Int, at time: Int) {
        level = min(capacity, level + Double(time - (last ?? time)) * perMicrosecond) - Double(amount)
        lowest = min(lowest, level)
        last = time
    }
}
