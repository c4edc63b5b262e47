/// The callers that wait for a connection. Each is answered once, by whoever removes it.
struct Admissions {
    typealias Waiter = UnsafeContinuation<RedisError?, Never>

    private var waiters: [UInt64: Waiter] = [:]
    private var lastID: UInt64 = 0

    var count: Int { waiters.count }

    mutating func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    mutating func add(_ id: UInt64, _ waiter: Waiter) { waiters[id] = waiter }

    mutating func fail(_ id: UInt64, _ error: RedisError) {
        waiters.removeValue(forKey: id)?.resume(returning: error)
    }

    mutating func admitAll() { answerAll(nil) }
    mutating func failAll(_ error: RedisError) { answerAll(error) }

    /// In the order of their coming.
    private mutating func answerAll(_ answer: RedisError?) {
        let leaving = waiters.sorted { $0.key < $1.key }
        waiters.removeAll()
        for (_, waiter) in leaving { waiter.resume(returning: answer) }
    }
}
