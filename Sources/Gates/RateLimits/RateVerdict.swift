public import Contracts
public import FoundationEssentials

/// Whether a send may be made.
public enum RateVerdict: Equatable, Sendable {
    /// Now, and counted. Tell by `answered`, `refused` or `giveBack` what became of it.
    case go(RatePermit)
    /// Not before this time, on our own clock, because of this window; nothing was counted. Another may be faster then: ask
    /// again.
    case notBefore(Date, RateScope)
}

/// Leave for sends, with where they were counted.
public struct RatePermit: Equatable, Sendable {
    public let user: UserID
    public let cost: Int
    /// Microseconds since 1970 on the clock of Redis, for records. Never to be compared with our own clock.
    public let grantedAt: Int

    /// Which life of Redis's data it was counted in.
    let epoch: Int
    /// The user's window, then the app's.
    let marks: [Mark]

    struct Mark: Equatable, Sendable {
        /// All that was ever counted there, this permit last.
        let serial: Int
        let bucket: Int
        let term: Int
        /// What the window holds with this permit, and what it may hold.
        let used: Int
        let allowed: Int
    }

    /// How full a window is with this permit: 0…1, nil where there is no such window. From `nearLimit` on somebody should look.
    public func fullness(_ scope: RateScope) -> Double? {
        let index = scope == .user ? 0 : 1
        guard marks.indices.contains(index) else { return nil }
        return Double(marks[index].used) / Double(max(1, marks[index].allowed))
    }

    public static let nearLimit = 0.8
}

/// Whose window.
public enum RateScope: String, CaseIterable, Sendable {
    case user
    case app
}

/// Why a question cannot be asked or was not answered. Redis's own failures are `RedisError`s.
public enum RateLimitError: Error, Equatable, CustomStringConvertible {
    /// No window will ever have room for it: waiting does not help.
    case costExceedsLimit(cost: Int, limit: Int)
    /// A cost below 1, or more answered or given back than was granted.
    case invalidCost(Int)
    case malformedReply

    public var description: String {
        switch self {
        case .costExceedsLimit(let cost, let limit): "a cost of \(cost) is more than the whole rate limit of \(limit)"
        case .invalidCost(let cost): "\(cost) is no cost"
        case .malformedReply: "the rate limits' script gave an answer of another form"
        }
    }
}
