public import FoundationEssentials
import HTTPTransport

/// What `x-rate-limit-*` say of the window that a call was counted in.
public struct RateWindow: Equatable, Sendable {
    public let limit: Int
    public let remaining: Int
    /// By X's clock.
    public let resetsAt: Date

    public init(limit: Int, remaining: Int, resetsAt: Date) {
        self.limit = limit
        self.remaining = remaining
        self.resetsAt = resetsAt
    }

    init?(_ headers: HTTPHeaders) {
        guard let limit = Self.number(headers["x-rate-limit-limit"]),
            let remaining = Self.number(headers["x-rate-limit-remaining"]),
            let reset = Self.reset(headers["x-rate-limit-reset"])
        else { return nil }
        self.init(limit: limit, remaining: remaining, resetsAt: reset)
    }

    /// Seconds since 1970; up to the year 9999.
    static func reset(_ text: String?) -> Date? {
        guard let seconds = number(text), seconds <= 253_402_300_799 else { return nil }
        return Date(timeIntervalSince1970: Double(seconds))
    }

    private static func number(_ text: String?) -> Int? { text.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }
}
