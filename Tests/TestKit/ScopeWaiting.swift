/// What `eventually` waited for did not come about in time.
public struct NeverHappened: Error, CustomStringConvertible {
    public let description: String
}

/// Waits until `condition` holds, asking again every few milliseconds.
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
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw NeverHappened(description: "within \(limit) this did not happen: \(what)")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
