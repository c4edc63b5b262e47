import Contracts
import RateLimits

/// What X counts by itself (docs.x.com, "Rate limits").
public enum TwitterEndpoint: String, CaseIterable, Sendable {
    /// `GET /2/users/:id/tweets`: 900 in 15 minutes for a user, 10,000 for the app.
    case timeline
    /// `POST /2/oauth2/token`: no limit is documented, so nothing but X's own word closes its window.
    case token
    /// `/2/compliance/jobs`: 150 in 15 minutes for the app, whoever it is about.
    case compliance

    func limits(_ configured: TwitterCalls.Limits, longestCall: Duration) -> RateWindows.Limits {
        switch self {
        case .timeline: RateWindows.Limits(user: configured.user, app: configured.app, longestCall: longestCall)
        case .token: RateWindows.Limits(user: .untold, longestCall: longestCall)
        case .compliance: RateWindows.Limits(user: .twitterCompliance, longestCall: longestCall)
        }
    }

    /// The windows of different endpoints are different windows.
    func provider(of app: TwitterApp) -> String { self == .timeline ? app.name : "\(app.name):\(rawValue)" }
}
