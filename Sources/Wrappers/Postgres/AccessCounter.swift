import Synchronization

/// Counts the statements that a program sends, all of them and those that are about one user: so that somebody notices when a
/// user's data is looked at more often than the work needs.
///
/// Whom a statement is about is said by `SQL.about`, and holds for those behind it in the same batch or transaction. Thread-safe;
/// counting is a lock and an addition.
public final class AccessCounter: Sendable {
    /// More than these are not told apart between two readings: what comes on top counts in the total only.
    private static let subjects = 100_000

    private struct State {
        var total = 0
        var bySubject: [String: Int] = [:]

        mutating func add(_ count: Int, about subject: String) {
            guard bySubject.count < AccessCounter.subjects || bySubject[subject] != nil else { return }
            bySubject[subject, default: 0] += count
        }
    }

    private let state = Mutex(State())

    public init() {}

    /// Everything counted since the last time.
    public func take() -> (total: Int, bySubject: [String: Int]) {
        state.withLock { state in
            defer { state = State() }
            return (state.total, state.bySubject)
        }
    }

    /// Puts back what could not be told.
    public func putBack(total: Int, bySubject: [String: Int]) {
        state.withLock { state in
            state.total += total
            for (subject, count) in bySubject { state.add(count, about: subject) }
        }
    }

    /// - Parameter current: Whom the statements are about, from here on.
    func count(_ statements: [SQL], current: inout String?) {
        var runs: [(subject: String, count: Int)] = []
        for statement in statements {
            if let subject = statement.subject { current = subject.isEmpty ? nil : subject }
            guard let current else { continue }
            if runs.last?.subject == current { runs[runs.count - 1].count += 1 } else { runs.append((current, 1)) }
        }
        state.withLock { [runs] state in
            state.total += statements.count
            for run in runs { state.add(run.count, about: run.subject) }
        }
    }
}
