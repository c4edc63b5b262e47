public import Contracts

/// Why X gave no usable answer. Never holds a token, an id or anything from an answer's text, so it may be logged.
public enum TwitterError: Error, Equatable, Sendable {
    /// 401. Refresh the access token once; if that is refused too, the user took the consent back.
    case unauthorized
    /// The app or its tier may not do this: for the operator, not for the user.
    case clientForbidden
    case accountProtected
    case accountSuspended
    case accountGone
    /// X's own reset time may already lie in the past (429s after the reset are seen in the wild).
    case rateLimited(RateHeaders)
    /// The project's monthly cap of posts is used up: nobody's timeline can be read.
    case usageCapped
    /// 5xx, 408, or no answer at all.
    case unavailable(FailureReason, retryAfter: Duration?)
    /// Cut off, not JSON, or another shape than documented. Says what, never with a value.
    case malformedAnswer(String)
    /// X, or the transport, refused the request itself: a mistake of ours.
    case invalidRequest(String)
    /// The refresh token is not, or no longer, valid.
    case refreshRefused
    /// The refresh was sent and its answer is lost. The refresh token is single-use: sending it again may end the
    /// user's consent, so go on with the access token while it lasts.
    case refreshMayHaveHappened
    /// The task was cancelled, or the client shut down.
    case interrupted
}

extension TwitterError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unauthorized: "X does not accept the access token"
        case .clientForbidden: "X does not let this app do this: check its keys, its access level and TWITTER_CLIENT_ID"
        case .accountProtected: "the account is protected"
        case .accountSuspended: "the account is suspended"
        case .accountGone: "the account does not exist any more"
        case .rateLimited: "X's rate limit is reached"
        case .usageCapped: "the cap of posts of this X project is used up"
        case .unavailable(let reason, _): "X is not available (\(reason))"
        case .malformedAnswer(let what): "X's answer is not as documented: \(what)"
        case .invalidRequest(let what): "X refused the request: \(what)"
        case .refreshRefused: "X refused the refresh token"
        case .refreshMayHaveHappened: "the token may have been refreshed, but the answer is lost"
        case .interrupted: "the request was interrupted"
        }
    }
}
