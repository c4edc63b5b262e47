import EventLoop

/// One message under way. A class, since it moves between queue and window and is looked up by its waiting task.
final class PendingPublication {
    let message: Publication
    let deadline: EventLoop.Instant
    var continuation: UnsafeContinuation<Void, any Error>?
    /// Set by `basic.return`, which comes just before the confirm of a message that reached no queue.
    var returnCode: UInt16?
    var wasNacked = false

    init(_ message: Publication, deadline: EventLoop.Instant, _ continuation: UnsafeContinuation<Void, any Error>) {
        self.message = message
        self.deadline = deadline
        self.continuation = continuation
    }

    /// The first call counts; later ones do nothing.
    func finish(_ result: Result<Void, AMQPError>) {
        continuation?.resume(with: result.mapError { $0 as any Error })
        continuation = nil
    }

    /// Lets the cancellation handler name an entry that is made inside the continuation. `@unchecked Sendable`: written and
    /// read on the loop's thread only.
    final class Box: @unchecked Sendable {
        var entry: PendingPublication?
    }
}
