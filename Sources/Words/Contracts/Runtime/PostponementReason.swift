/// Why work is put off without counting as an attempt.
public enum PostponementReason: String, CaseIterable, Sendable, CustomStringConvertible {
    case rateLimited = "rate_limited"
    /// The provider's cap on what the whole app may use is reached; no user's doing.
    case usageCapped = "usage_capped"
    /// Whether a call is allowed cannot be found out.
    case limitUnknown = "limit_unknown"
    case circuitOpen = "circuit_open"
    case providerOverloaded = "provider_overloaded"
    /// Another process is at work for the same user.
    case userBusy = "user_busy"
    /// The provider works on a batch: it is asked for again.
    case batchRunning = "batch_running"
    /// A delay longer than the ladder's longest hop: the rest of the way.
    case longDelay = "long_delay"
    /// The work is longer than a message may be held: it goes on where it stopped.
    case moreToDo = "more_to_do"

    public var description: String { rawValue }
}
