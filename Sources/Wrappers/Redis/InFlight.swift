import EventLoop

/// The calls whose replies are outstanding, in the order in which the server will answer them. A call is one command or a
/// pipeline of several.
struct InFlight<Waiter> {
    struct Call {
        let name: String
        let deadline: EventLoop.Instant
        let expected: Int
        var replies: [RedisValue] = []
        /// Nil once the caller has left: its replies are dropped as they come.
        var waiter: Waiter?
    }

    private var calls: [Call] = []
    private var first = 0
    private var firstID: UInt64 = 0
    /// Commands without a reply.
    private(set) var commands = 0

    var nextDeadline: EventLoop.Instant? { first < calls.count ? calls[first].deadline : nil }

    /// `expected` is at least 1.
    mutating func append(name: String, expected: Int, deadline: EventLoop.Instant, _ waiter: Waiter) -> UInt64 {
        calls.append(Call(name: name, deadline: deadline, expected: expected, waiter: waiter))
        commands += expected
        return firstID + UInt64(calls.count - first - 1)
    }

    /// Counts a reply to the oldest call. Returns the call if that was its last; nil if more are due.
    /// `isExpected` tells a reply that belongs to no command.
    mutating func receive(_ reply: RedisValue) -> (finished: Call?, isExpected: Bool) {
        guard first < calls.count else { return (nil, false) }
        commands -= 1
        calls[first].replies.append(reply)
        guard calls[first].replies.count == calls[first].expected else { return (nil, true) }
        return (removeFirst(), true)
    }

    /// The waiter of a call that is still outstanding; its replies will be dropped.
    mutating func abandon(_ id: UInt64) -> Waiter? {
        guard id >= firstID, id - firstID < UInt64(calls.count - first) else { return nil }
        let index = first + Int(id - firstID)
        defer { calls[index].waiter = nil }
        return calls[index].waiter
    }

    /// Everything outstanding, when the connection is gone.
    mutating func removeAll() -> [Call] {
        defer {
            firstID += UInt64(calls.count - first)
            calls.removeAll()
            first = 0
            commands = 0
        }
        return Array(calls[first...])
    }

    private mutating func removeFirst() -> Call {
        let call = calls[first]
        calls[first].replies = []
        calls[first].waiter = nil
        first += 1
        firstID += 1
        if first == calls.count || first >= 1024 {
            calls.removeFirst(first)
            first = 0
        }
        return call
    }
}
