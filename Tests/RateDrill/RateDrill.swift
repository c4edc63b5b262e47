import Contracts
import EventLoop
import Foundation
import RateLimits
import Redis

/// Asks one user's rate window for leave as fast as it can.
/// Usage: REDIS_URL=… rate-drill hammer PROVIDER LIMIT SECONDS COST   prints when, on Redis's clock, each send was granted
///        REDIS_URL=… rate-drill speed PROVIDER LIMIT CHECKS CALLERS  prints how many checks a second were answered
@main
struct RateDrill {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let limit = RateLimit(setting: arguments[3]), let number = Int(arguments[4]),
            let last = Int(arguments[5]), let url = ProcessInfo.processInfo.environment["REDIS_URL"],
            let user = UserID("user-of-the-drill")
        else {
            print("usage: REDIS_URL=… rate-drill hammer|speed PROVIDER LIMIT SECONDS|CHECKS COST|CALLERS")
            exit(64)
        }
        let limits = RateWindows.Limits(user: limit, app: RateLimit(count: 1_000_000_000, per: limit.window))
        let windows = RateWindows(
            redis: RedisClient(try RedisConfiguration(url: url)), provider: arguments[2], limits: limits)
        if arguments[1] == "hammer" {
            try await hammer(windows, user, for: .seconds(number), cost: last)
        } else {
            try await speed(windows, user, checks: number, callers: last)
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
