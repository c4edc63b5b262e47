/// Names of message headers. Ours never begin with `x-`: that name space is the broker's, which changes and counts its own
/// headers differently from version to version.
public enum HeaderName {
    /// Number of this attempt, an integer; absent on the first, so a message from outside starts at 1.
    public static let attempt = "repazoo-attempt"
    /// What became of the earlier attempts: short codes and times, never text from outside.
    public static let history = "repazoo-history"
    /// Until when the work may be put off: RFC 3339, UTC.
    public static let deadline = "repazoo-deadline"
    /// Why a dead letter died: a `DeadLetterReason`.
    public static let reason = "repazoo-reason"
    /// What failed last before a message died: a `FailureReason`, or what was wrong with it.
    public static let code = "repazoo-code"
    /// When a message died: RFC 3339, UTC.
    public static let diedAt = "repazoo-died-at"
    /// From which queue a dead or replayed message comes.
    public static let origin = "repazoo-origin"
    public static let traceparent = "traceparent"
    public static let tracestate = "tracestate"

    /// Headers that must not be sent back to the broker. With a received `x-death` the broker takes the second pass
    /// through the delay ladder for a cycle and keeps the message for ever in the level (RabbitMQ 3.10, tested).
    public static func isOwnedByBroker(_ name: String) -> Bool { name.hasPrefix("x-") }

    /// Headers that mean something to us; all others only travel along.
    public static func isOurs(_ name: String) -> Bool { ours.contains(name) }

    private static let ours: Set<String> = [
        attempt, history, deadline, reason, code, diedAt, origin, traceparent, tracestate,
    ]
}
