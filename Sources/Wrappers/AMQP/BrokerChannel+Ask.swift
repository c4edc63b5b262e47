import EventLoop

extension BrokerChannel {
    /// Sends a request and waits for its answer, on the caller's actor.
    @discardableResult
    func ask(
        _ id: UInt32, _ method: UnsafeMutableRawPointer, _ expected: [UInt32], isolation: isolated (any Actor)? = #isolation
    ) async throws(AMQPError) -> Answer {
        let result: Result<Answer, AMQPError> = await withUnsafeContinuation { continuation in
            request(id, method, expecting: Set(expected)) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
