public import FoundationEssentials

/// How a job ended. Closed: a handler returns one of these and never touches the message; the runtime alone settles it.
public enum Outcome: Equatable, Sendable {
    /// Effects, audit entries and receipt are committed; the follow-ups are published, then the message is acknowledged.
    case done

    /// The answer is no. Audited, `….refused` announced, receipt written, acknowledged. Not a failure and not retried.
    case refused(RefusalReason)

    /// Cannot be done before a time that somebody else sets. Goes to the delay ladder until then, confirmed, and is then
    /// acknowledged. Does not count as an attempt; past the message's deadline it becomes a dead letter
    /// (`deadline_passed`).
    case notBefore(Date, because: PostponementReason)

    /// Failed in a way that may pass. Delayed by `Backoff`, or by `retryAfter` where the other side named a time, and
    /// counted as an attempt; when the attempts are used up it becomes a dead letter (`attempts_exhausted`).
    case failed(FailureReason, retryAfter: Duration? = nil)

    /// Failed, and would fail again. Dead letter (`permanent_failure`) with the attempt history, at once.
    case failedForGood(FailureReason)

    public var countsAsAttempt: Bool {
        switch self {
        case .failed: true
        case .done, .refused, .notBefore, .failedForGood: false
        }
    }
}
