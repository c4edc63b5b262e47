public import Contracts
public import FoundationEssentials
public import RateLimits
import TwitterAPI

/// A call was put off by our own windows, or X refused it with 429 although they had let it through.
public struct RateLimited: Error, Equatable, CustomStringConvertible {
    /// On our clock. Those who wait for the same window are told different times, so that they do not all come back at once.
    public let until: Date
    public let scope: RateScope
    public let endpoint: TwitterEndpoint
    /// X said so: our count was not the stricter one.
    public let isByProvider: Bool

    public var description: String {
        "\(isByProvider ? "X's" : "our") rate limit of the \(scope) for \(endpoint) calls is reached"
    }
}

/// The month's cap on posts of the whole app is used up; nobody's timeline is read until somebody raises it or the pause ends.
public struct UsageCapped: Error, Equatable, CustomStringConvertible {
    public let until: Date
    /// X said so to this call; otherwise to somebody else's, and this one was not made.
    public let isByProvider: Bool

    public var description: String { "the cap of posts of this X project is used up" }
}

/// Redis answers, but not the question: no answer is no leave.
public struct LimitUnknown: Error, CustomStringConvertible {
    public let until: Date
    let cause: String

    public var description: String { "whether X may be called cannot be found out: \(cause)" }
}

extension TwitterCalls {
    /// What becomes of a job that ends in an error of `send`; nil for errors that are not X's and not the windows'.
    public static func outcome(of error: any Error, at now: Date) -> Outcome? {
        switch error {
        case let error as RateLimited: .notBefore(error.until, because: .rateLimited)
        case let error as UsageCapped: .notBefore(error.until, because: .usageCapped)
        case let error as LimitUnknown: .notBefore(error.until, because: .limitUnknown)
        case let error as TwitterError: error.outcome(at: now)
        default: nil
        }
    }
}
