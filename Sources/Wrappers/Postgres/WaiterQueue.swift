import EventLoop

/// Requests that wait for a connection, first come, first served.
struct WaiterQueue {
    struct Waiter {
        let id: UInt64
        let demand: PoolState.Demand
        let continuation: UnsafeContinuation<PostgresConnection, any Error>
        let timer: TimerToken
    }

    private var order = FIFO<UInt64>()
    private var waiters: [UInt64: Waiter] = [:]

    var count: Int { waiters.count }
    var isEmpty: Bool { waiters.isEmpty }

    /// The one whose turn it is.
    var first: Waiter? {
        mutating get {
            while let id = order.first {
                if let waiter = waiters[id] { return waiter }
                _ = order.popFirst()
            }
            return nil
        }
    }

    mutating func append(_ waiter: Waiter) {
        order.append(waiter.id)
        waiters[waiter.id] = waiter
    }

    /// Nil if it has got its answer already. Its number stays in the order and is skipped later.
    mutating func remove(_ id: UInt64) -> Waiter? { waiters.removeValue(forKey: id) }

    mutating func removeAll() -> [Waiter] {
        let all = order.removeAll().compactMap { waiters[$0] }
        waiters = [:]
        return all
    }
}
