public import FoundationEssentials

/// What a provider's answer says of the window in which it counted the request (`x-rate-limit-limit`, `-remaining`, `-reset`).
/// It can only make ours stricter.
public struct ProviderWindow: Equatable, Sendable {
    /// Nil, or below 1: not told.
    public var limit: Int?
    public var remaining: Int
    public var resetsIn: Duration

    public init(limit: Int? = nil, remaining: Int, resetsIn: Duration) {
        self.limit = limit
        self.remaining = remaining
        self.resetsIn = resetsIn
    }

    /// - Parameter answeredAt: The answer's own `Date` header, so that both times are of one clock. Our clock if there is none:
    ///   its error then is bounded, as no window is taken to last longer than it can.
    public init(limit: Int? = nil, remaining: Int, resetsAt: Date, answeredAt: Date) {
        self.init(limit: limit, remaining: remaining, resetsIn: Self.duration(from: answeredAt, to: resetsAt))
    }

    /// Between two times of one clock; at most a year either way.
    public static func duration(from start: Date, to end: Date) -> Duration {
        let seconds = end.timeIntervalSince(start)
        guard seconds.isFinite else { return .zero }
        return .milliseconds(Int(min(max(seconds, -31_536_000), 31_536_000) * 1000))
    }

    /// Limit, what is left, and the time to the reset, for the script. A reset in the past still counts for a second, and none
    /// is further off than a window of this length and a second more, as X counts in whole seconds.
    func values(in grid: WindowGrid) -> [Int] {
        let reset = min(max(resetsIn.microseconds, 0), grid.span) + 1_000_000
        let limit = limit.map { min(max($0, 0), 1_000_000_000_000) } ?? 0
        return [limit, min(max(remaining, 0), 1_000_000_000_000), reset]
    }
}

/// How long a window stays closed after 429. Microseconds.
enum Closing {
    /// The later of what the provider said. Neither: a whole window. Times in the past, or too near, are not believed beside a
    /// 429: a minute, or the window where that is shorter. None is beyond a day.
    static func pause(resetsIn: Duration?, retryAfter: Duration?, in grid: WindowGrid) -> Int {
        guard let told = [resetsIn, retryAfter].compactMap({ $0?.microseconds }).max() else { return grid.span }
        return min(max(told + 1_000_000, min(60_000_000, grid.span)), 86_400_000_000)
    }
}
