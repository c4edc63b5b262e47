import FoundationEssentials

/// Fixed windows of 15 minutes, one for each key, beginning with the key's first call.
struct XRateWindow: Sendable {
    struct State: Equatable {
        var limit: Int
        var remaining: Int
        /// Unix seconds, as `x-rate-limit-reset` says it.
        var reset: Int
        var isAllowed: Bool

        var headers: [(name: String, value: String)] {
            [
                ("x-rate-limit-limit", String(limit)), ("x-rate-limit-remaining", String(remaining)),
                ("x-rate-limit-reset", String(reset)),
            ]
        }
    }

    static let length: TimeInterval = 900

    let limit: Int
    private var windows: [String: (begin: Date, used: Int)] = [:]

    init(limit: Int) { self.limit = limit }

    /// Counts one call, unless the window is full.
    mutating func take(_ key: String, now: Date) -> State {
        var window = windows[key] ?? (now, 0)
        if now.timeIntervalSince(window.begin) >= Self.length {
            windows = windows.filter { now.timeIntervalSince($0.value.begin) < Self.length }
            window = (now, 0)
        }
        let isAllowed = window.used < limit
        if isAllowed { window.used += 1 }
        windows[key] = window
        return State(
            limit: limit, remaining: limit - window.used,
            reset: Int((window.begin + Self.length).timeIntervalSince1970.rounded(.up)), isAllowed: isAllowed)
    }
}
