/// What a `FaultyWire` has been told, and how far each connection has come since: decides, and does nothing itself.
struct WireState {
    /// What is to be done with bytes that arrived.
    enum Verdict: Equatable {
        /// Keep them and ask again.
        case wait
        /// Pass so many of them on; ask again about the others.
        case pass(Int)
        /// Pass so many of them on, then these bytes, and end the connection.
        case end(after: Int, instead: [UInt8])
    }

    private struct Connection {
        /// Bytes that passed in the direction of the fault.
        var passed = 0
        var isStalled = false
        var isOver = false
    }

    private var connections: [Int: Connection] = [:]
    private(set) var fault: WireFault?
    private(set) var accepted = 0
    private(set) var struck = 0
    var isOver = false

    /// Whatever is told makes stalled connections move again, and the counting of bytes begin anew.
    mutating func tell(_ fault: WireFault?) {
        self.fault = fault
        for id in connections.keys {
            connections[id]?.passed = 0
            connections[id]?.isStalled = false
        }
    }

    /// The connection's number, nil for one that is refused.
    mutating func accept() -> Int? {
        accepted += 1
        guard fault != .refusing else { return nil }
        connections[accepted] = Connection()
        return accepted
    }

    mutating func cutAll() {
        for id in connections.keys { connections[id]?.isOver = true }
    }

    mutating func close(_ id: Int) { connections[id] = nil }

    var isSound: Bool { fault == nil && !connections.values.contains { $0.isStalled } }

    func isOver(_ id: Int) -> Bool { isOver || connections[id]?.isOver != false }

    func isStill(_ id: Int) -> Bool { fault == .frozen || connections[id]?.isStalled == true }

    /// `count` bytes, more than none, wait to go in `direction`.
    mutating func arrived(_ count: Int, _ direction: WireFault.Direction, on id: Int) -> Verdict {
        guard !isOver(id), let connection = connections[id] else { return .end(after: 0, instead: []) }
        if isStill(id) { return .wait }
        guard case .strikes(let effect, let after, let way, let everyConnection)? = fault, way == direction else {
            return .pass(count)
        }
        guard connection.passed + count >= after else {
            connections[id]?.passed += count
            return .pass(count)
        }
        struck += 1
        if !everyConnection { fault = nil }
        let rest = max(0, after - connection.passed)
        switch effect {
        case .stall:
            connections[id]?.isStalled = true
            return .pass(rest)
        case .cut:
            connections[id]?.isOver = true
            return .end(after: rest, instead: [])
        case .garble(let bytes):
            connections[id]?.isOver = true
            return .end(after: rest, instead: bytes)
        }
    }
}
