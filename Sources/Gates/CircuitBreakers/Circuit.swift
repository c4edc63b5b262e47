/// When a provider is to be left alone, and when to try it again. Pure: `CircuitBreaker` acts on it.
///
/// Closed, it counts the newest calls; when enough of them failed it opens. Open, it refuses every call until its pause is
/// over. Then one call may probe: a good answer closes the circuit, a bad one opens it for twice as long.
public struct Circuit: Sendable {
    public typealias Instant = ContinuousClock.Instant

    public struct Policy: Sendable {
        /// So many newest calls count, at most 64, and none that was followed by silence for longer than `memory`.
        public var window = 20
        public var memory: Duration = .seconds(60)
        /// It opens at so many failures, when they are at least half of the calls that count.
        public var failures = 5
        /// The pauses double from the first to the longest; each is drawn from its upper half, so that many processes do not
        /// probe together.
        public var firstPause: Duration = .seconds(5)
        public var longestPause: Duration = .seconds(300)

        public init() {}
    }

    public enum Position: Equatable, Sendable {
        case closed
        case open(until: Instant)
        /// The pause is over: one call at a time is let through.
        case probing
    }

    public enum Permit: Equatable, Sendable {
        case go
        case probe
        case refused(until: Instant)
    }

    /// What a call told of the provider's health.
    public enum Verdict: Equatable, Sendable {
        case healthy
        /// The provider failed; a time that it named itself is kept, if it is longer than the pause.
        case failing(retryAfter: Duration? = nil)
        /// The provider itself said that it can take no more: the circuit opens at once.
        case down(retryAfter: Duration? = nil)
        /// Nothing: the call was cut short by us.
        case unknown
    }

    public let policy: Policy
    public private(set) var position = Position.closed
    /// The newest call in the lowest bit; 1 = failed.
    private var history: UInt64 = 0
    private var calls = 0
    private var lastCall: Instant?
    private var opened = 0
    private var isProbeOut = false

    public init(_ policy: Policy = Policy()) { self.policy = policy }

    public mutating func permit(now: Instant) -> Permit {
        switch position {
        case .closed: return .go
        case .open(let until) where now < until: return .refused(until: until)
        case .open, .probing:
            position = .probing
            guard !isProbeOut else { return .refused(until: now + policy.firstPause) }
            isProbeOut = true
            return .probe
        }
    }

    /// The pause is over, whether or not somebody calls.
    public mutating func pauseEnded(now: Instant) {
        if case .open(let until) = position, now >= until { position = .probing }
    }

    /// - Parameters:
    ///   - permit: What `permit` said to this call. Calls that began before the circuit opened change nothing afterwards.
    ///   - jitter: 0…1.
    public mutating func record(_ verdict: Verdict, of permit: Permit, now: Instant, jitter: Double) {
        switch (permit, position) {
        case (.go, .closed): count(verdict, now, jitter)
        case (.probe, .probing):
            isProbeOut = false
            switch verdict {
            case .healthy: self = Circuit(policy)
            case .failing(let retryAfter), .down(let retryAfter): open(retryAfter, now, jitter)
            case .unknown: break
            }
        default: break
        }
    }

    /// Failed calls among those that count.
    public var failed: Int { history.nonzeroBitCount }
    public var counted: Int { calls }

    private mutating func count(_ verdict: Verdict, _ now: Instant, _ jitter: Double) {
        if let lastCall, now - lastCall > policy.memory { (history, calls) = (0, 0) }
        lastCall = now
        let bit: UInt64
        switch verdict {
        case .healthy: bit = 0
        case .failing, .down: bit = 1
        case .unknown: return
        }
        calls = min(calls + 1, policy.window)
        history = (history << 1 | bit) & (policy.window >= 64 ? .max : (1 << policy.window) - 1)
        switch verdict {
        case .down(let retryAfter): open(retryAfter, now, jitter)
        case .failing(let retryAfter) where failed >= policy.failures && failed * 2 >= calls:
            open(retryAfter, now, jitter)
        case .healthy, .failing, .unknown: break
        }
    }

    private mutating func open(_ retryAfter: Duration?, _ now: Instant, _ jitter: Double) {
        let pause = min(policy.firstPause * (1 << min(opened, 16)), policy.longestPause) * (0.5 + jitter / 2)
        opened += 1
        position = .open(until: now + max(pause, min(retryAfter ?? .zero, policy.longestPause)))
    }
}
