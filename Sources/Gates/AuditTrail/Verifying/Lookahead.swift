import Postgres

/// Rows of a stream, one ahead of where they are taken.
struct Lookahead<Value> {
    private var rows: PostgresRowStream.Iterator
    private let read: (PostgresRow) throws -> Value
    private(set) var next: Value?

    init(_ stream: PostgresRowStream, _ read: @escaping (PostgresRow) throws -> Value) async throws {
        rows = stream.makeAsyncIterator()
        self.read = read
        try await advance()
    }

    /// The next one, if it is wanted.
    mutating func take(where isWanted: (Value) -> Bool) async throws -> Value? {
        guard let value = next, isWanted(value) else { return nil }
        try await advance()
        return value
    }

    private mutating func advance() async throws {
        next = try await rows.next(isolation: #isolation).map(read)
    }
}
