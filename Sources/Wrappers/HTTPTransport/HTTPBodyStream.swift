/// The body of an answer, in pieces as they arrive.
///
/// One consumer, one pass. While it does not ask, at most the configured buffer is filled, then the sender is made to wait.
/// A body that ends early throws; the sequence ending means that the body is whole. Cancelling the consuming task, or
/// letting go of the stream, ends the transfer and its connection.
public struct HTTPBodyStream: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = HTTPError

    let lifetime: Lifetime

    public func makeAsyncIterator() -> Iterator { Iterator(lifetime: lifetime) }

    public struct Iterator: AsyncIteratorProtocol {
        let lifetime: Lifetime

        public mutating func next() async throws(HTTPError) -> [UInt8]? {
            try await next(isolation: nil)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
            let lifetime = lifetime
            return try await withTaskCancellationHandler {
                await lifetime.pipe.next()
            } onCancel: {
                lifetime.driver.cancel(lifetime.transfer)
            }.get()
        }
    }

    /// Ends the transfer when the last copy of stream and iterator is gone. Holding the driver keeps its thread running
    /// for a body that outlives its client.
    final class Lifetime: Sendable {
        let driver: CurlDriver
        let transfer: CurlTransfer
        let pipe: DownloadPipe

        init(driver: CurlDriver, transfer: CurlTransfer, pipe: DownloadPipe) {
            self.driver = driver
            self.transfer = transfer
            self.pipe = pipe
        }

        deinit { driver.cancel(transfer) }
    }
}
