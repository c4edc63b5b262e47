/// How many rows the next batch takes, so that a batch holds its locks for about half of what is allowed. Pure.
struct BatchSize: Equatable, Sendable {
    /// No lock is to be held longer.
    static let longestLock = Duration.milliseconds(100)
    static let limits = 20...20_000
    private static let target = Duration.milliseconds(45)

    private(set) var rows = 500

    /// - Parameter rows: How many the batch held.
    mutating func learn(rows count: Int, in time: Duration) {
        guard count > 0 else { return }
        // A short batch says little of a long one: at most twice as many, at once as few as it takes.
        let factor = min(2, max(0.1, Self.target / max(time, .microseconds(100))))
        let fitting = Int(Double(count) * factor)
        if time > Self.target || count >= rows / 2 { set(fitting) }
    }

    /// The batch could not have its locks in time.
    mutating func shrink() { set(rows / 2) }

    private mutating func set(_ count: Int) { rows = min(max(count, Self.limits.lowerBound), Self.limits.upperBound) }
}
