/// Exponential backoff with full jitter: a random time between nothing and a ceiling that doubles with each attempt up to
/// `cap`. Jitter over the whole range keeps consumers that failed together from coming back together.
///
/// With the standard values (base 2 s, cap 1 h) the ceilings after attempts 1, 2, 3 … are
/// 2 s, 4 s, 8 s, 16 s, 32 s, 64 s, 128 s, 256 s, 512 s, 1024 s, 2048 s, and 3600 s from the twelfth on.
/// Ten attempts have nine pauses: at most 1022 s (17 min), half of that on average.
public struct Backoff: Equatable, Sendable {
    public static let standard = Backoff(base: .seconds(2), cap: .seconds(3600))

    public let base: Duration
    public let cap: Duration

    public init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// The longest pause after attempt number `attempt` (1 = the first); numbers below 1 count as 1.
    public func ceiling(afterAttempt attempt: Int) -> Duration {
        var ceiling = min(base, cap)
        var doublings = max(attempt, 1) - 1
        while doublings > 0, (Duration.zero..<cap).contains(ceiling), base > .zero {
            ceiling = min(ceiling * 2, cap)
            doublings -= 1
        }
        return ceiling
    }

    public func delay(afterAttempt attempt: Int, using random: inout some RandomNumberGenerator) -> Duration {
        ceiling(afterAttempt: attempt) * Double.random(in: 0...1, using: &random)
    }

    public func delay(afterAttempt attempt: Int) -> Duration {
        var random = SystemRandomNumberGenerator()
        return delay(afterAttempt: attempt, using: &random)
    }
}
