/// What `eventually` waited for did not come about in time.
public struct NeverHappened: Error, CustomStringConvertible {
    public let description: String
}

/// Waits until `condition` holds, asking again every few milliseconds; the longer it takes the less often, or the questions would
/// take the time that the answer needs.
///
/// For what sends no signal, such as a row that another process writes. This is the only place in the tests that
/// sleeps, and only between two questions: a test never sleeps in the hope that something has happened meanwhile.
///
/// - Parameter what: What is waited for, in words: the error names it.
/// - Throws: `NeverHappened` after `within`; at once what `condition` throws, and `CancellationError`.
public func eventually(
    _ what: String, within limit: Duration = .seconds(10), isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let start = ContinuousClock.now
    while try await !condition() {
        let elapsed = ContinuousClock.now - start
        guard elapsed < limit else {
            throw NeverHappened(description: "within \(limit) this did not happen: \(what)")
        }
        try await Task.sleep(for: max(.milliseconds(5), min(elapsed / 20, .milliseconds(50))))
    }
}
