/// Which deliveries of one connection are settled, and the fewest `basic.ack` that tell the broker so.
///
/// Handlers finish out of order. Acknowledgements are gathered and flushed together: one multiple-ack for the unbroken run
/// at the low end, single acks above the first gap. A multiple-ack must name a tag that is still unacknowledged: the broker
/// closes the channel otherwise.
struct AckLedger {
    struct Ack: Equatable {
        let tag: UInt64
        let multiple: Bool
    }

    private enum State: UInt8 { case open, finished, told }

    /// The lowest tag that the broker may still hold; `states[0]` is its.
    private var base: UInt64 = 1
    private var states: [State] = []
    /// Entries of `states` before this are forgotten; they are dropped in bulk.
    private var head = 0

    /// Finished, not yet told, in the order of finishing: one slow handler at the low end must not make each flush walk over
    /// everything that came after it.
    private var finished: [UInt64] = []
    var waiting: Int { finished.count }
    /// Delivered, neither finished nor told.
    private(set) var open = 0

    /// Tags come in ascending order without gaps on a connection with one consumer; false for any other.
    mutating func delivered(_ tag: UInt64) -> Bool {
        guard tag == self.tag(at: states.count) else { return false }
        states.append(.open)
        open += 1
        return true
    }

    /// False for a tag that was never delivered or is already settled.
    mutating func finish(_ tag: UInt64) -> Bool {
        guard let index = index(of: tag), states[index] == .open else { return false }
        states[index] = .finished
        open -= 1
        finished.append(tag)
        return true
    }

    /// The broker was told by other means (`basic.nack`).
    mutating func told(_ tag: UInt64) -> Bool {
        guard let index = index(of: tag), states[index] == .open else { return false }
        states[index] = .told
        open -= 1
        return true
    }

    /// What to send now; everything finished counts as told afterwards.
    mutating func flush() -> [Ack] {
        var acks: [Ack] = []
        var index = head
        var lastFinished: Int?
        while index < states.count, states[index] != .open {
            if states[index] == .finished { lastFinished = index }
            index += 1
        }
        if let lastFinished { acks.append(Ack(tag: tag(at: lastFinished), multiple: true)) }
        forget(upTo: index)
        for tag in finished where tag >= base {
            acks.append(Ack(tag: tag, multiple: false))
            states[head + Int(tag - base)] = .told
        }
        finished.removeAll(keepingCapacity: true)
        return acks
    }

    private func index(of tag: UInt64) -> Int? {
        guard tag >= base, tag - base < UInt64(states.count - head) else { return nil }
        return head + Int(tag - base)
    }

    private func tag(at index: Int) -> UInt64 { base + UInt64(index - head) }

    private mutating func forget(upTo index: Int) {
        base += UInt64(index - head)
        head = index
        if head > 1024 {
            states.removeFirst(head)
            head = 0
        }
    }
}
