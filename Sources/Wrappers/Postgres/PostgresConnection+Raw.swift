import CPostgres
import EventLoop
import Synchronization

/// The state of a connection that is out of pipeline mode for COPY or a script.
struct RawState {
    let owner: RawOwner
    var waiter: UnsafeContinuation<Void, any Error>?
    var isCancelled = false
    /// The last row of a COPY … TO STDOUT has been read; libpq must not be asked for another.
    var isCopyOver = false
}

/// Tells whether whoever took the connection out of pipeline mode has walked away from it.
final class RawOwner: Sendable {
    private let abandoned = Atomic(false)

    var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }
    func abandon() { abandoned.store(true, ordering: .releasing) }
}

/// COPY and scripts: one at a time, by the holder of the lease, never more in memory than a piece.
extension PostgresConnection {
    /// Leaves pipeline mode and sends `text` by the simple protocol.
    func beginRaw(_ text: String, owner: RawOwner, lease expected: UInt64, location: SourceLocation?) async throws {
        try await awaitPipeline(location)
        try checkLease(expected, location)
        guard let handle, inFlight.isEmpty, PQexitPipelineMode(handle) == 1 else {
            throw PostgresError(.misuse, "another statement of the transaction is still on its way", location: location)
        }
        unwatch()
        raw = RawState(owner: owner)
        guard PQsendQuery(handle, text) == 1 else { throw brokenRaw() }
        try await flushRaw()
    }

    /// The next result, or nil at the end of them all.
    func nextRawResult() async throws -> PostgresResult? {
        while let handle {
            if PQisBusy(handle) == 1 {
                try await readRaw()
                continue
            }
            guard let result = PQgetResult(handle) else { return nil }
            let status = PQresultStatus(result)
            if status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE {
                let error = PostgresError(failedResult: result)
                PQclear(result)
                throw error.kind == .server ? error : brokenRaw()
            }
            return PostgresResult(taking: result)
        }
        throw brokenRaw()
    }

    /// Reads all results to the end and goes back to pipeline mode. Throws the first error the server reports.
    @discardableResult
    func endRaw() async throws -> [PostgresResult] {
        var results: [PostgresResult] = []
        var failure: (any Error)?
        while true {
            do {
                guard let result = try await nextRawResult() else { break }
                results.append(result)
            } catch {
                if failure == nil { failure = error }
                guard isOpen else { break }
            }
        }
        resumePipeline()
        if let failure { throw failure }
        return results
    }

    /// Has the server stop what it is doing; the answer still comes through the normal way.
    func cancelRaw(_ owner: RawOwner) {
        guard raw?.owner === owner else { return }
        raw?.isCancelled = true
        cancelAtServer()
    }

    /// Puts one piece into a COPY … FROM STDIN and waits until the socket has taken it.
    func putCopy(_ bytes: [UInt8]) async throws {
        guard let handle, raw != nil else { throw brokenRaw() }
        let code = bytes.withUnsafeBytes { buffer in
            PQputCopyData(
                handle, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: buffer.count))
        }
        guard code == 1 else { throw brokenRaw() }
        try await flushRaw()
    }

    /// Ends a COPY … FROM STDIN; with `abort` the server stores nothing of it.
    func finishCopyIn(abort: Bool) async throws {
        guard let handle, raw != nil else { throw brokenRaw() }
        guard PQputCopyEnd(handle, abort ? "aborted by the client" : nil) == 1 else { throw brokenRaw() }
        try await flushRaw()
    }

    /// The next rows of a COPY … TO STDOUT, about `limit` bytes of them, or nil at their end. Nothing is read ahead beyond
    /// what libpq's buffer holds, so a slow reader slows the server.
    func getCopy(limit: Int) async throws -> [UInt8]? {
        if raw?.isCopyOver == true { return nil }
        var piece: [UInt8] = []
        var hasLooked = false
        while let handle, raw != nil {
            var row: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(handle, &row, 1)
            switch count {
            case 1...:
                piece.append(contentsOf: UnsafeRawBufferPointer(start: row, count: Int(count)))
                PQfreemem(row)
                hasLooked = false
                if piece.count >= limit { return piece }
            // The server sends 8 KiB at a time: handed on as they come, the hand-overs would take longer than the rows.
            case 0 where hasLooked: try await readRaw()
            case 0:
                // There may be more in the socket already; to look is sooner done than to wait.
                hasLooked = true
                guard PQconsumeInput(handle) == 1 else { throw brokenRaw() }
            case -1:
                raw?.isCopyOver = true
                return piece.isEmpty ? nil : piece
            default:
                throw brokenRaw()
            }
        }
        throw brokenRaw()
    }

    /// Brings a COPY … TO STDOUT that nobody reads any more to its end: by a cancel, or, where that would spoil a
    /// transaction, by reading the rest.
    func abandonCopyOut(_ owner: RawOwner, byCancel: Bool) async {
        guard raw?.owner === owner else { return }
        if byCancel { cancelRaw(owner) }
        do {
            while try await getCopy(limit: 1 << 16) != nil {}
        } catch {
            return
        }
        // The error that our cancel asked for is no one's concern.
        _ = try? await endRaw()
        await settle()
    }

    /// Lets a request through when the connection is in pipeline mode: at once, or after an abandoned COPY has ended.
    func awaitPipeline(_ location: SourceLocation?) async throws(PostgresError) {
        while let raw {
            guard raw.owner.isAbandoned else {
                throw PostgresError(
                    .misuse, "a COPY or script is still running on this transaction", location: location)
            }
            await withUnsafeContinuation { waitingForPipeline.append($0) }
        }
    }

    // MARK: The socket

    func wakeRaw() {
        // Watched only while someone waits: a hang-up would wake the loop without end.
        unwatch()
        let waiter = raw?.waiter
        raw?.waiter = nil
        waiter?.resume()
    }

    func dropRaw(_ error: PostgresError) {
        let waiter = raw?.waiter
        raw = nil
        waiter?.resume(throwing: error)
        for waiting in waitingForPipeline { waiting.resume() }
        waitingForPipeline = []
    }

    private func resumePipeline() {
        guard let handle, raw != nil else { return }
        raw = nil
        guard PQenterPipelineMode(handle) == 1 else {
            return fail(PostgresError(.connectionLost, "libpq refused to go back to pipeline mode"))
        }
        watchForReading()
        for waiting in waitingForPipeline { waiting.resume() }
        waitingForPipeline = []
    }

    private func flushRaw() async throws {
        while let handle {
            switch PQflush(handle) {
            case 0: return
            case 1:
                // Both, since a server with full buffers reads on only when we do.
                try await waitRaw(for: [.readable, .writable])
                guard let handle = self.handle, PQconsumeInput(handle) == 1 else { throw brokenRaw() }
            default: throw brokenRaw()
            }
        }
        throw brokenRaw()
    }

    private func readRaw() async throws {
        try await waitRaw(for: .readable)
        guard let handle, PQconsumeInput(handle) == 1 else { throw brokenRaw() }
    }

    private func waitRaw(for interest: Readiness) async throws {
        guard let handle else { throw brokenRaw() }
        watch = loop.watch(PQsocket(handle), for: interest, source: self)
        let limit = configuration.requestTimeout
        let timer = loop.schedule(after: limit) { [weak self] in
            self?.assumeIsolated { $0.fail(PostgresError(.timedOut, "no answer within \(limit)")) }
        }
        defer { loop.cancel(timer) }
        try await withUnsafeThrowingContinuation { raw?.waiter = $0 }
    }

    private func brokenRaw() -> PostgresError {
        let error = PostgresError(.connectionLost, "the connection to the server broke")
        fail(error)
        return error
    }
}
