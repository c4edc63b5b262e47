import EventLoop

extension BrokerChannel {
    /// Sends a request and waits for its answer, on the caller's actor.
    ///
    /// `build` makes the method, its texts in the channel's pool. It runs in one go with the sending: whatever happens to
    /// suspend in between would let another request recycle the pool under it.
    @discardableResult
    func ask<Method: BitwiseCopyable>(
        _ id: UInt32, _ expected: [UInt32], isolation: isolated (any Actor)? = #isolation,
        _ build: (BrokerChannel) -> Method
    ) async throws(AMQPError) -> Answer {
        let result: Result<Answer, AMQPError> = await withUnsafeContinuation { continuation in
            request(id, expected, build) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    func request<Method: BitwiseCopyable>(
        _ id: UInt32, _ expected: [UInt32], _ build: (BrokerChannel) -> Method,
        then completion: @escaping (Result<Answer, AMQPError>) -> Void
    ) {
        var method = build(self)
        request(id, &method, expecting: Set(expected), completion: completion)
        pool.recycle()
    }
}
