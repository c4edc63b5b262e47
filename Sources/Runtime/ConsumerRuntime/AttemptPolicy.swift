public import Contracts
public import FoundationEssentials

/// How often and how long a message is tried. Pure: it decides, `Dispatcher` acts.
public struct AttemptPolicy: Sendable {
    /// Attempts that may fail before a message is dead; deferrals count as none.
    public var attempts = 10
    /// How long a message may be put off in all, from its first attempt on, when it brings no deadline of its own.
    public var patience: Duration = .seconds(24 * 3600)
    public var backoff = Backoff.standard

    public init() {}

    public enum Decision: Equatable, Sendable {
        case acknowledge
        case delay(until: Date, attempt: Int, code: String)
        case bury(DeadLetterReason, code: String)
    }

    /// What happens to a message whose attempt ended so.
    public func decision(
        for outcome: Outcome, attempt: Int, deadline: Date, now: Date, jitter: Double = .random(in: 0...1)
    ) -> Decision {
        switch outcome {
        case .done, .refused: return .acknowledge
        case .notBefore(let time, let reason):
            if time > deadline { return .bury(.deadlinePassed, code: reason.rawValue) }
            // A second at least: a time in the past would make the message circle without a pause.
            return .delay(until: max(time, now.addingTimeInterval(1)), attempt: attempt, code: reason.rawValue)
        case .failed(let reason, let retryAfter):
            if attempt >= attempts { return .bury(.attemptsExhausted, code: reason.rawValue) }
            let pause = retryAfter ?? backoff.ceiling(afterAttempt: attempt) * jitter
            let time = now.addingTimeInterval(max(1, pause.inSeconds))
            if time > deadline { return .bury(.deadlinePassed, code: reason.rawValue) }
            return .delay(until: time, attempt: attempt + 1, code: reason.rawValue)
        case .failedForGood(let reason): return .bury(.permanentFailure, code: reason.rawValue)
        }
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
