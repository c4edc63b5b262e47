public import FoundationEssentials
import HTTPTransport

/// What an answer's headers say of X's limits. All of it are hints: X answers 429 with `remaining` above 0, and again after
/// the reset.
public struct RateHeaders: Equatable, Sendable {
    /// Nil unless `x-rate-limit-limit`, `-remaining` and `-reset` are all there and numbers.
    public var window: RateWindow?
    /// `x-rate-limit-reset`, by X's clock.
    public var resetsAt: Date?
    public var retryAfter: Duration?
    /// When X answered, by its own clock.
    public var answeredAt: Date?
    /// The limit of a user for 24 hours is used up until then (`x-user-limit-24hour-*`, not documented, seen in the wild).
    public var userDayEndsAt: Date?
    /// The same of the app (`x-app-limit-24hour-*`).
    public var appDayEndsAt: Date?

    public init(
        window: RateWindow? = nil, resetsAt: Date? = nil, retryAfter: Duration? = nil, answeredAt: Date? = nil
    ) {
        self.window = window
        self.resetsAt = resetsAt ?? window?.resetsAt
        self.retryAfter = retryAfter
        self.answeredAt = answeredAt
    }

    init(_ headers: HTTPHeaders) {
        self.init(
            window: RateWindow(headers), resetsAt: RateWindow.reset(headers["x-rate-limit-reset"]),
            retryAfter: RetryAfter.delay(headers), answeredAt: headers["date"].flatMap(HTTPDate.date))
        userDayEndsAt = Self.end(ofDay: "user", headers)
        appDayEndsAt = Self.end(ofDay: "app", headers)
    }

    /// How long from X's answer until `time` of X's clock, so that it does not matter how its clock and ours differ. Negative for
    /// a time in the past.
    ///
    /// - Parameter now: Our clock, for an answer without a date.
    public func pause(until time: Date, at now: Date) -> Duration {
        let seconds = time.timeIntervalSince(answeredAt ?? now)
        return .milliseconds(Int(min(max(seconds, -31_536_000), 31_536_000) * 1000))
    }

    private static func end(ofDay whose: String, _ headers: HTTPHeaders) -> Date? {
        guard headers["x-\(whose)-limit-24hour-remaining"].flatMap({ Int($0) }) == 0 else { return nil }
        return RateWindow.reset(headers["x-\(whose)-limit-24hour-reset"])
    }
}
