/// Why work is put off without counting as an attempt.
public enum PostponementReason: String, CaseIterable, Sendable, CustomStringConvertible {
    case rateLimited = "rate_limited"
    case circuitOpen = "circuit_open"
    case providerOverloaded = "provider_overloaded"
    /// Another process is at work for the same user.
    case userBusy = "user_busy"
    /// A delay longer than the ladder's longest hop: the rest of the way.
    case longDelay = "long_delay"

    public var description: String { rawValue }
}
