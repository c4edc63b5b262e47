/// Ends what takes too long, by cancelling it.
enum TimeLimit {
    static func run<Value: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw NoAnswerInTime()
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw NoAnswerInTime() }
            return value
        }
    }
}

struct NoAnswerInTime: Error, CustomStringConvertible {
    var description: String { "no answer in time" }
}
