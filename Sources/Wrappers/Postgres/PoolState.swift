/// Which connection a request gets. Decides only; the pool acts.
struct PoolState {
    enum Demand {
        /// One request among others on a connection.
        case shared
        /// The whole connection, for a transaction, a stream or a COPY.
        case exclusive
    }

    private struct Slot {
        let id: Int
        var load = 0
        var isLeased = false
    }

    let maxConnections: Int
    let depth: Int
    private var slots: [Slot] = []
    private(set) var connecting = 0

    init(maxConnections: Int, depth: Int) {
        self.maxConnections = maxConnections
        self.depth = depth
    }

    var isEmpty: Bool { slots.isEmpty }
    var count: Int { slots.count }
    var load: Int { slots.reduce(0) { $0 + $1.load } }

    /// The least loaded connection that can take it, or nil if it has to wait. Nobody knows how long a request takes, so an
    /// exclusive one always waits for an idle connection, and a shared one goes behind others only if no further connection
    /// can be opened.
    mutating func assign(_ demand: Demand, canOpenMore: Bool) -> Int? {
        var best: Int?
        for index in slots.indices where !slots[index].isLeased {
            if let found = best, slots[found].load <= slots[index].load { continue }
            best = index
            if slots[index].load == 0 { break }
        }
        guard let best else { return nil }
        switch demand {
        case .shared where slots[best].load >= depth: return nil
        case .shared where slots[best].load > 0 && canOpenMore && slots.count < maxConnections: return nil
        case .exclusive where slots[best].load > 0: return nil
        case .exclusive: slots[best].isLeased = true
        case .shared: break
        }
        slots[best].load += 1
        return slots[best].id
    }

    /// Does nothing for a connection that has been lost meanwhile.
    mutating func release(_ id: Int, _ demand: Demand) {
        guard let index = slots.firstIndex(where: { $0.id == id }) else { return }
        slots[index].load -= 1
        if demand == .exclusive { slots[index].isLeased = false }
    }

    /// How many connections to open now: as many as there is work for, up to the limit.
    func missing(waiting: Int) -> Int {
        max(0, min(maxConnections, load + waiting) - slots.count - connecting)
    }

    mutating func connectStarted() { connecting += 1 }

    mutating func connected(_ id: Int) {
        connecting -= 1
        slots.append(Slot(id: id))
    }

    mutating func connectFailed() { connecting -= 1 }

    mutating func lost(_ id: Int) { slots.removeAll { $0.id == id } }
}
