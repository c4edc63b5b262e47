import Contracts
import EventLoop
import Foundation
import RateLimits
import Redis

/// Asks one user's rate window for leave as fast as it can.
/// Usage: REDIS_URL=… rate-drill hammer PROVIDER LIMIT SECONDS COST   prints when, on Redis's clock, each send was granted
///        REDIS_URL=… rate-drill tokens PROVIDER rpm=…,itpm=…,otpm=… SECONDS INPUT   the same of a provider of models: calls of
///                                                             INPUT tokens; prints what each came to use
///        REDIS_URL=… rate-drill speed PROVIDER LIMIT CHECKS CALLERS  prints how many checks a second were answered
///        REDIS_URL=… rate-drill question PROVIDER LIMIT 1 COST       prints what EVALSHA is sent; the script on standard error
@main
struct RateDrill {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let number = Int(arguments[4]), let last = Int(arguments[5]),
            let url = ProcessInfo.processInfo.environment["REDIS_URL"], let user = UserID("user-of-the-drill")
        else { usage() }
        if arguments[1] == "tokens" {
            guard let limits = OrganisationLimits(setting: arguments[3]),
                let share = RateLimit(setting: "1000000000/1m")
            else { usage() }
            let buckets = TokenBuckets(
                redis: RedisClient(try RedisConfiguration(url: url)), provider: arguments[2],
                limits: .init(user: share, organisation: limits))
            return try await hammer(buckets, user, for: .seconds(number), input: last)
        }
        guard let limit = RateLimit(setting: arguments[3]) else { usage() }
        let limits = RateWindows.Limits(user: limit, app: RateLimit(count: 1_000_000_000, per: limit.window))
        let windows = RateWindows(
            redis: RedisClient(try RedisConfiguration(url: url)), provider: arguments[2], limits: limits)
        switch arguments[1] {
        case "hammer": try await hammer(windows, user, for: .seconds(number), cost: last)
        case "speed": try await speed(windows, user, checks: number, callers: last)
        default: try await show(windows, user, cost: last)
        }
    }

    /// Now and then it gives back what it did not send, as a consumer does.
    private static func hammer(_ windows: RateWindows, _ user: UserID, for length: Duration, cost: Int) async throws {
        let end = ContinuousClock.now + length
        var granted = 0
        while ContinuousClock.now < end {
            guard case .go(let permit) = try await windows.admit(user, cost: cost) else { continue }
            granted += 1
            guard cost == 1 || granted % 5 > 0 else {
                try await windows.giveBack(permit, cost)
                continue
            }
            print("granted \(permit.grantedAt) \(permit.cost)")
        }
    }

    /// What a call used is known at its end; some are never made.
    private static func hammer(_ buckets: TokenBuckets, _ user: UserID, for length: Duration, input: Int) async throws {
        let end = ContinuousClock.now + length
        var granted = 0
        while ContinuousClock.now < end {
            let amounts = TokenAmounts(input: input, output: input / 4)
            guard case .go(let permit) = try await buckets.reserve(user, modelClass: "opus", amounts) else { continue }
            granted += 1
            guard granted % 5 > 0 else {
                try await buckets.giveBack(permit)
                continue
            }
            let used = TokenAmounts(input: input, output: granted % 2 == 0 ? input / 4 : input / 8)
            try await buckets.settle(permit, used: used)
            print("granted \(permit.grantedAt) \(used.input) \(used.output)")
        }
    }

    private static func usage() -> Never {
        print("usage: REDIS_URL=… rate-drill hammer|tokens|speed|question PROVIDER LIMIT SECONDS|CHECKS COST|CALLERS")
        exit(64)
    }

    /// For others that ask the same: redis-benchmark, say.
    private static func show(_ windows: RateWindows, _ user: UserID, cost: Int) async throws {
        try await windows.assumeNothingWasSent()
        let question = windows.question(user, cost: cost)
        print(([String(question.keys.count)] + question.keys + question.arguments).joined(separator: " "))
        FileHandle.standardError.write(Data(RateWindows.script.utf8))
    }

    private static func speed(_ windows: RateWindows, _ user: UserID, checks: Int, callers: Int) async throws {
        try await windows.assumeNothingWasSent()
        let start = ContinuousClock.now
        let granted = try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<callers {
                group.addTask(executorPreference: EventLoop.shared) {
                    var granted = 0
                    for _ in stride(from: caller, to: checks, by: callers) {
                        if case .go = try await windows.admit(user) { granted += 1 }
                    }
                    return granted
                }
            }
            return try await group.reduce(0, +)
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print("speed \(checks) checks \(granted) granted \(Int(Double(checks) / seconds)) checks/s")
    }
}
