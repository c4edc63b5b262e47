import CPostgres
import EventLoop

/// Cancelling: PostgreSQL takes a cancel request on a second connection and applies it to whatever the first is running.
/// So it is sent only for the oldest request, and what else was on its way and got hit is sent again by the pool.
extension PostgresConnection {
    /// Has a request cancelled: now if the server is at it, else as soon as its turn comes.
    func cancel(_ requestID: UInt64) {
        guard let request = inFlight.first(where: { $0.id == requestID }), !request.isCancelled else { return }
        request.isCancelled = true
        if inFlight.first === request { cancelAtServer() }
    }

    func cancelAtServer() {
        guard let handle, !isCancelling, let token = PQgetCancel(handle) else { return }
        isCancelling = true
        inFlight.forEach { $0.mayBeVictim = true }
        let target = inFlight.first?.id
        Task { await requestCancel(CancelToken(pointer: token), of: target) }
    }

    /// Returns when no cancel request is on its way any more. A lease begins here, so that none hits its transaction.
    func settle() async {
        guard isCancelling else { return }
        await withUnsafeContinuation { settling.append($0) }
    }

    private func requestCancel(_ token: CancelToken, of target: UInt64?) async {
        // The blocking call may fail, as when the server is gone; then the request's deadline is what is left.
        _ = try? await BlockingThread.run(name: "repazoo-pg-stop") { token.send() }
        isCancelling = false
        for waiter in settling { waiter.resume() }
        settling = []
        guard let oldest = inFlight.first else { return repeatRawCancel() }
        if oldest.id != target {
            if oldest.isCancelled { cancelAtServer() }
            return
        }
        // The server may have been between two statements, where it ignores the request.
        loop.schedule(after: .milliseconds(50)) { [weak self] in
            self?.assumeIsolated { connection in
                if connection.inFlight.first?.id == target { connection.cancelAtServer() }
            }
        }
    }

    private func repeatRawCancel() {
        guard raw?.isCancelled == true else { return }
        loop.schedule(after: .milliseconds(50)) { [weak self] in
            self?.assumeIsolated { connection in
                if connection.raw?.isCancelled == true { connection.cancelAtServer() }
            }
        }
    }
}

/// The right to cancel on a connection, used once, by another thread.
///
/// `@unchecked Sendable`: a `PGcancel` is a copy that no other call changes; `PQcancel` may be called by any thread (libpq's manual).
private final class CancelToken: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(pointer: OpaquePointer) { self.pointer = pointer }

    func send() {
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(pointer, &message, 256)
    }

    deinit { PQfreeCancel(pointer) }
}
