import Contracts
import Foundation
import Redis
import TestKit
import Testing

@testable import RateLimits

/// Every send with its time: what a limiter would know that forgets nothing. Times in microseconds, rising.
struct SlidingLog {
    struct Send {
        let time: Int
        var cost: Int
    }

    private(set) var sends: [Send]

    init(_ sends: [Send]) { self.sends = sends }

    var total: Int { sends.reduce(0) { $0 + $1.cost } }

    mutating func add(_ time: Int, _ cost: Int) { sends.append(Send(time: time, cost: cost)) }

    /// Takes back sends that were not made.
    mutating func remove(_ cost: Int, at time: Int) {
        if let index = sends.lastIndex(where: { $0.time == time && $0.cost >= cost }) { sends[index].cost -= cost }
    }

    /// In the `span` that ends at `time`, without the moment at its beginning.
    func sum(of span: Int, endingAt time: Int) -> Int {
        sends.reversed().prefix { $0.time > time - span }.reduce(0) { $0 + $1.cost }
    }

    /// A fullest window ends with a send: only those have to be looked at.
    func mostInAnyWindow(of span: Int) -> Int {
        var (most, sum, first) = (0, 0, 0)
        for send in sends {
            sum += send.cost
            while sends[first].time <= send.time - span {
                sum -= sends[first].cost
                first += 1
            }
            most = max(most, sum)
        }
        return most
    }
}

/// One random run of the script beside exact logs.
struct RateTrial {
    static let ours = Date(timeIntervalSinceReferenceDate: 0)
    static func wait(_ time: Date) -> Int { Int((time.timeIntervalSince(ours) * 1_000_000).rounded()) }

    private let clock = HandClock(1_800_000_000_000_001)
    private let windows: RateWindows
    private let users: [UserID]
    private let (limit, appLimit, span): (Int, Int, Int)
    private var logs: [SlidingLog]
    private var app = SlidingLog([])
    private var held: [(index: Int, permit: RatePermit)] = []
    private(set) var granted = 0
    private(set) var refused = 0

    init(using random: inout SeededRandom) async throws {
        limit = .random(in: 1...60, using: &random)
        appLimit = limit + .random(in: 0...limit, using: &random)
        let milliseconds = Int.random(in: 100...900_000, using: &random)
        span = milliseconds * 1000
        users = ["user-1", "user-2"].compactMap { UserID($0) }
        logs = users.map { _ in SlidingLog([]) }
        let clock = clock
        windows = RateWindows(
            redis: RedisClient(try RedisConfiguration(url: SharedServers.address(of: .redis))),
            provider: uniqueName("trial"),
            limits: .init(
                user: try #require(RateLimit(count: limit, per: .milliseconds(milliseconds))),
                app: RateLimit(count: appLimit, per: .milliseconds(milliseconds))),
            now: { Self.ours }, time: { clock.now })
        try await windows.assumeNothingWasSent()
    }

    mutating func step(using random: inout SeededRandom) async throws {
        // Bursts, pauses about as long as a bucket, and about as long as a window.
        let longest = [0, span / 1000, span / 50, span / 4, span * 5 / 4]
        clock.move(.random(in: 0...(longest.randomElement(using: &random) ?? 0), using: &random))
        if Int.random(in: 0..<10, using: &random) == 0 { try await giveBack(using: &random) }
        let index = Int.random(in: 0..<users.count, using: &random)
        let cost = Int.random(in: 1...max(1, min(limit, limit / 4 + 1)), using: &random)
        switch try await windows.admit(users[index], cost: cost) {
        case .go(let permit): record(permit, index)
        case .notBefore(let time, _): try await check(Self.wait(time), index, cost)
        }
    }

    private mutating func record(_ permit: RatePermit, _ index: Int) {
        granted += 1
        #expect(permit.grantedAt == clock.now)
        logs[index].add(clock.now, permit.cost)
        app.add(clock.now, permit.cost)
        held.append((index, permit))
        #expect(logs[index].sum(of: span, endingAt: clock.now) <= limit)
        #expect(app.sum(of: span, endingAt: clock.now) <= appLimit)
    }

    private mutating func check(_ wait: Int, _ index: Int, _ cost: Int) async throws {
        refused += 1
        let longer = span * 51 / 50
        let isFull =
            logs[index].sum(of: longer, endingAt: clock.now) + cost > limit
            || app.sum(of: longer, endingAt: clock.now) + cost > appLimit
        #expect(isFull, "refused with room to spare")
        #expect(wait > 0 && wait <= longer)
        guard refused % 3 == 0 else { return }
        clock.move(wait - 1)
        guard case .notBefore(let time, _) = try await windows.admit(users[index], cost: cost) else {
            Issue.record("granted before its time")
            return
        }
        #expect(Self.wait(time) == 1)
        clock.move(1)
        guard case .go(let permit) = try await windows.admit(users[index], cost: cost) else {
            Issue.record("refused at the time that was named")
            return
        }
        record(permit, index)
    }

    private mutating func giveBack(using random: inout SeededRandom) async throws {
        guard let (index, permit) = held.popLast() else { return }
        let unsent = Int.random(in: 1...permit.cost, using: &random)
        try await windows.giveBack(permit, unsent)
        logs[index].remove(unsent, at: permit.grantedAt)
        app.remove(unsent, at: permit.grantedAt)
    }
}
