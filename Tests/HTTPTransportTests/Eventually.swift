import HTTPTransport
import Testing

/// Polls until the condition holds; records a failure that names what it waited for.
func eventually(
    _ what: String, within limit: Duration = .seconds(5), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("not within \(limit): \(what)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// The error that the operation throws; records a failure when it succeeds.
func failure<T>(
    sourceLocation: SourceLocation = #_sourceLocation, of operation: () async throws(HTTPError) -> T
) async -> HTTPError? {
    do {
        _ = try await operation()
        Issue.record("it succeeded", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}
