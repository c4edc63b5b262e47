/// A timer that can be cancelled.
public struct TimerToken: Hashable, Sendable {
    let id: UInt64
}

/// Timers ordered by due time: a binary heap whose cancelled entries are dropped when they surface, or all at once when they
/// outnumber the live ones (time-outs are nearly always cancelled, and must not pile up until they would have fired).
struct TimerHeap {
    private struct Entry {
        let due: EventLoop.Instant
        let id: UInt64
    }

    private var heap: [Entry] = []
    private var actions: [UInt64: () -> Void] = [:]
    private var nextID: UInt64 = 0

    mutating func add(at due: EventLoop.Instant, _ action: @escaping () -> Void) -> TimerToken {
        nextID += 1
        actions[nextID] = action
        heap.append(Entry(due: due, id: nextID))
        siftUp(heap.count - 1)
        return TimerToken(id: nextID)
    }

    /// Gives the action back, for the caller to let go of.
    mutating func cancel(_ token: TimerToken) -> (() -> Void)? {
        guard let action = actions.removeValue(forKey: token.id) else { return nil }
        if heap.count > 64, heap.count > 2 * actions.count { compact() }
        return action
    }

    /// Entries held, cancelled ones included.
    var count: Int { heap.count }

    /// -1 without a timer; rounded up, so that a wake-up never comes early and spins.
    mutating func millisecondsUntilNext(now: EventLoop.Instant) -> Int32 {
        while let first = heap.first, actions[first.id] == nil { removeFirst() }
        guard let first = heap.first else { return -1 }
        let (seconds, attoseconds) = (first.due - now).components
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: max(0, milliseconds))
    }

    /// The next due action, one at a time: running it may add and cancel timers.
    mutating func popDue(_ now: EventLoop.Instant) -> (() -> Void)? {
        while let first = heap.first, first.due <= now {
            removeFirst()
            if let action = actions.removeValue(forKey: first.id) { return action }
        }
        return nil
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(0)
    }

    private mutating func compact() {
        heap.removeAll { actions[$0.id] == nil }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count, heap[child + 1].due < heap[child].due { child += 1 }
            guard heap[child].due < heap[parent].due else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
