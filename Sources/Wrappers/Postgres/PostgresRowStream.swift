import Synchronization

/// Rows read through a cursor, some at a time: memory stays the same however many there are, and a slow reader slows the
/// server. Each iteration runs the statement anew. Leaving the loop early, by `break` or an error, gives the connection back.
public struct PostgresRowStream: AsyncSequence, Sendable {
    public typealias Element = PostgresRow

    let open: @Sendable () async throws -> RowCursor

    public func makeAsyncIterator() -> Iterator { Iterator(open: open) }

    public struct Iterator: AsyncIteratorProtocol {
        let open: @Sendable () async throws -> RowCursor
        private var cursor: RowCursor?
        private var rows: PostgresResult?
        private var index = 0
        private var size = FetchSize()
        private var isOver = false

        init(open: @escaping @Sendable () async throws -> RowCursor) { self.open = open }

        public mutating func next() async throws -> PostgresRow? { try await next(isolation: #isolation) }

        /// Stays where the caller runs; only a new batch is a matter for the loop.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> PostgresRow? {
            if let rows, index < rows.count {
                defer { index += 1 }
                return rows[index]
            }
            return try await nextBatch()
        }

        private nonisolated(nonsending) mutating func nextBatch() async throws -> PostgresRow? {
            rows = nil
            if isOver { return nil }
            // Set first: after an error there is nothing more to come.
            isOver = true
            let cursor = if let open = self.cursor { open } else { try await open() }
            self.cursor = cursor
            let asked = size.rows
            let batch = try await cursor.fetch(asked)
            size.learn(rows: batch.count, bytes: batch.memorySize)
            if batch.count < asked {
                await cursor.close()
                self.cursor = nil
            } else {
                isOver = false
            }
            guard !batch.isEmpty else { return nil }
            rows = batch
            index = 1
            return batch[0]
        }
    }
}

/// How many rows to ask for: about a mebibyte of them, whatever their width.
struct FetchSize {
    private(set) var rows = 64

    mutating func learn(rows received: Int, bytes: Int) {
        guard received > 0 else { return }
        let fitting = 1_048_576 / max(1, bytes / received)
        rows = min(max(1, fitting), min(8192, rows * 8))
    }
}

/// An open cursor on a leased connection. Closes itself when nobody holds it any more.
final class RowCursor: Sendable {
    private let lease: Lease
    private let name: String
    private let location: SourceLocation
    private let onClose: @Sendable () async -> Void
    private let isClosed = Atomic(false)

    init(lease: Lease, name: String, location: SourceLocation, onClose: @escaping @Sendable () async -> Void) {
        self.lease = lease
        self.name = name
        self.location = location
        self.onClose = onClose
    }

    func fetch(_ count: Int) async throws -> PostgresResult {
        let fetch = SQL(trusted: "FETCH FORWARD \(count) FROM \(name)").unprepared()
        let results = try await lease.connection.run([fetch], as: .inTransaction, lease: lease.id, location: location)
        guard let rows = results.first else {
            throw PostgresError(.misuse, "the cursor gave no result", location: location)
        }
        return rows
    }

    func close() async {
        if !isClosed.exchange(true, ordering: .relaxed) { await onClose() }
    }

    deinit {
        if !isClosed.exchange(true, ordering: .relaxed) {
            let onClose = onClose
            Task { await onClose() }
        }
    }
}
