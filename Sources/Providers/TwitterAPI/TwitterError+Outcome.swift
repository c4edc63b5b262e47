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
        case .rateLimited(let rate): .notBefore(now + Self.pause(rate, now), because: .rateLimited)
        case .usageCapped: .notBefore(now + 3600, because: .usageCapped)
        case .unavailable(let reason, let retryAfter): .failed(reason, retryAfter: retryAfter)
        // The operator can mend it without touching the message.
        case .clientForbidden: .failed(.providerRejected, retryAfter: .seconds(300))
        case .malformedAnswer: .failed(.invalidAnswer)
        case .invalidRequest: .failedForGood(.providerRejected)
        case .refreshMayHaveHappened: .failedForGood(.timeout)
        case .interrupted: .failed(.network)
        }
    }

    /// Until the later of what X said. Without a word: a whole window of 15 minutes. A time in the past beside a 429 is not
    /// believed: a minute. None is further away than a day, the longest window X has.
    private static func pause(_ rate: RateHeaders, _ now: Date) -> TimeInterval {
        let told = [rate.resetsAt.map { rate.pause(until: $0, at: now) }, rate.retryAfter].compactMap { $0 }.max()
        guard let told else { return 900 }
        return min(max(told / .seconds(1), 60), 86400)
    }
}
