/// How long to wait before the next attempt to connect: doubling from `first` to `longest`, each drawn evenly from its upper
/// half, so that many processes do not come back in step.
///
/// With the defaults attempts 1, 2, 3, … wait at most 100 ms, 200 ms, 400 ms, … 10 s.
public struct ReconnectDelay: Sendable {
    private let first: Duration
    private let longest: Duration
    /// Attempts that failed since the last success.
    public private(set) var failures = 0

    public init(first: Duration = .milliseconds(100), longest: Duration = .seconds(10)) {
        self.first = first
        self.longest = longest
    }

    /// Counts a failure. `random`, in 0…1, says where in its upper half the delay lies.
    public mutating func next(random: Double = .random(in: 0...1)) -> Duration {
        let ceiling = min(longest, first * (1 << min(failures, 20)))
        failures += 1
        return ceiling * (0.5 + min(max(random, 0), 1) / 2)
    }

    /// The next failure is a first one again.
    public mutating func succeeded() { failures = 0 }
}
