import Postgres

/// The entries of a `COPY`, one ahead of where they are taken.
struct EntryReader {
    private var pieces: PostgresCopyOut.Iterator
    private var rows = BinaryRows()
    private(set) var next: EntryRow?

    init(_ copy: PostgresCopyOut) async throws {
        pieces = copy.makeAsyncIterator()
        try await advance()
    }

    /// Hands the next one to `body`, with its bytes, if it is wanted.
    mutating func take(
        where isWanted: (EntryRow) -> Bool, _ body: (EntryRow, UnsafeRawBufferPointer) -> Void
    ) async throws -> Bool {
        guard let row = next, isWanted(row) else { return false }
        rows.piece.withUnsafeBytes { body(row, UnsafeRawBufferPointer(rebasing: $0[row.place])) }
        if rows.hasRow { next = try EntryRow(&rows) } else { try await advance() }
        return true
    }

    private mutating func advance() async throws {
        next = nil
        while next == nil, let piece = try await pieces.next() {
            try rows.take(piece)
            if rows.hasRow { next = try EntryRow(&rows) }
        }
    }
}
