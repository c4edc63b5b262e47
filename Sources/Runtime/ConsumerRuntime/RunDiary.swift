import Synchronization

/// When each step of an attempt was reached, for whoever looks at the run later. Thread-safe.
final class RunDiary: Sendable {
    private let start = ContinuousClock.now
    private let marks = Mutex<[Int]>([])

    /// The next step was reached now.
    func mark() {
        let elapsed = Int((ContinuousClock.now - start) / .microseconds(1))
        marks.withLock { $0.append(elapsed) }
    }

    /// Microseconds after the beginning, in the order of the steps, as PostgreSQL writes an array of integers. An attempt is ended
    /// long before such a number is too large (`WorkLimit`).
    var text: String {
        marks.withLock { "{" + $0.map { String(min($0, Int(Int32.max))) }.joined(separator: ",") + "}" }
    }
}
