public import Contracts
public import FoundationEssentials

extension TwitterError {
    /// What becomes of a job that cannot go on because of this error.
    ///
    /// Whoever can do better does so before: refresh the token after `.unauthorized`, go on with the access token after
    /// `.refreshMayHaveHappened`.
    public func outcome(at now: Date) -> Outcome {
        switch self {
        case .unauthorized, .refreshRefused: .refused(.consentRevoked)
        case .accountProtected: .refused(.accountProtected)
        case .accountSuspended: .refused(.accountSuspended)
        case .accountGone: .refused(.accountGone)
        case .rateLimited(let until): .notBefore(Self.end(ofWindow: until, now), because: .rateLimited)
        case .usageCapped: .notBefore(now + 3600, because: .rateLimited)
        case .unavailable(let reason, let retryAfter): .failed(reason, retryAfter: retryAfter)
        // The operator can mend it without touching the message.
        case .clientForbidden: .failed(.providerRejected, retryAfter: .seconds(300))
        case .malformedAnswer: .failed(.invalidAnswer)
        case .invalidRequest: .failedForGood(.providerRejected)
        case .refreshMayHaveHappened: .failedForGood(.timeout)
        case .interrupted: .failed(.network)
        }
    }

    /// X's reset time, if it is sensible. Without one: a whole window of 15 minutes. One in the past beside a 429 is not
    /// believed either: a minute. None is further away than a day, the longest window X has.
    private static func end(ofWindow until: Date?, _ now: Date) -> Date {
        guard let until else { return now + 900 }
        return min(max(until, now + 60), now + 86400)
    }
}
