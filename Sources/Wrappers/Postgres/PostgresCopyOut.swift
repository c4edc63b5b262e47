import Synchronization

/// The output of `COPY … TO STDOUT` in pieces of whole rows, about 128 KiB each (one row may be longer). Nothing is read
/// ahead. Leaving the loop early stops the COPY and gives the connection back; in a transaction the rest is read and dropped
/// before the next statement runs, since to stop it would spoil the transaction.
public struct PostgresCopyOut: AsyncSequence, Sendable {
    public typealias Element = [UInt8]

    let open: @Sendable () async throws -> CopyOutSource

    public func makeAsyncIterator() -> Iterator { Iterator(open: open) }

    public struct Iterator: AsyncIteratorProtocol {
        let open: @Sendable () async throws -> CopyOutSource
        private var source: CopyOutSource?
        private var isOver = false

        init(open: @escaping @Sendable () async throws -> CopyOutSource) { self.open = open }

        public mutating func next() async throws -> [UInt8]? {
            if isOver { return nil }
            // Set first: after an error there is nothing more to come.
            isOver = true
            let source = if let open = self.source { open } else { try await open() }
            self.source = source
            guard let piece = try await source.next() else {
                self.source = nil
                return nil
            }
            isOver = false
            return piece
        }
    }
}

/// A running `COPY … TO STDOUT`.
final class CopyOutSource: Sendable {
    private static let pieceSize = 1 << 17

    private let lease: Lease
    private let location: SourceLocation
    private let owner: RawOwner
    private let onClose: @Sendable () async -> Void
    private let isAlone: Bool
    private let isClosed = Atomic(false)

    private init(
        _ lease: Lease, _ location: SourceLocation, _ owner: RawOwner, isAlone: Bool,
        _ onClose: @escaping @Sendable () async -> Void
    ) {
        self.isAlone = isAlone
        self.lease = lease
        self.location = location
        self.owner = owner
        self.onClose = onClose
    }

    /// Starts the COPY; `isAlone` if no transaction is around it. `onClose` is called once, at its end or when it is abandoned; not if this throws.
    static func open(
        _ sql: SQL, _ lease: Lease, _ location: SourceLocation, isAlone: Bool,
        onClose: @escaping @Sendable () async -> Void
    ) async throws -> CopyOutSource {
        let owner = RawOwner()
        try await lease.startCopy(sql, owner, .out, location)
        return CopyOutSource(lease, location, owner, isAlone: isAlone, onClose)
    }

    func next() async throws -> [UInt8]? {
        let connection = lease.connection
        let owner = owner
        return try await lease.cancelling(owner) {
            if let piece = try await connection.getCopy(limit: Self.pieceSize) { return piece }
            do { try await connection.endRaw() } catch {
                await self.close()
                throw error
            }
            await self.close()
            return nil
        }
    }

    private func close() async {
        if !isClosed.exchange(true, ordering: .relaxed) { await onClose() }
    }

    deinit {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        owner.abandon()
        let (connection, owner, isAlone, onClose) = (lease.connection, owner, isAlone, onClose)
        Task {
            await connection.abandonCopyOut(owner, byCancel: isAlone)
            await onClose()
        }
    }
}
