import Testing

@testable import EventLoop

@Suite(.timeLimit(.minutes(1))) struct TimerHeapTests {
    @Test func firesInOrderOfTimeWhateverTheOrderOfAdding() {
        let heap = Box(TimerHeap())
        let now = EventLoop.Instant.now
        let order = Recorder()
        for delay in (0..<200).shuffled() {
            _ = heap.it.add(at: now.advanced(by: .milliseconds(delay))) { order.add(delay) }
        }
        while let action = heap.it.popDue(now.advanced(by: .milliseconds(99))) { action() }
        #expect(order.values == Array(0..<100))
        #expect(heap.it.millisecondsUntilNext(now: now) == 100)
        while let action = heap.it.popDue(now.advanced(by: .seconds(1))) { action() }
        #expect(order.values == Array(0..<200))
        #expect(heap.it.millisecondsUntilNext(now: now) == -1)
    }

    @Test func aCancelledTimerNeverFires() {
        let heap = Box(TimerHeap())
        let now = EventLoop.Instant.now
        let order = Recorder()
        let tokens = (0..<10).map { number in heap.it.add(at: now) { order.add(number) } }
        for token in tokens where token.id.isMultiple(of: 2) { #expect(heap.it.cancel(token) != nil) }
        #expect(heap.it.cancel(tokens[1]) == nil)
        while let action = heap.it.popDue(now) { action() }
        #expect(order.values.count == 5)
        #expect(heap.it.cancel(tokens[0]) == nil)
    }

    @Test func cancelledTimersDoNotPileUpAndTheRestKeepTheirOrder() {
        let heap = Box(TimerHeap())
        let now = EventLoop.Instant.now
        let order = Recorder()
        var tokens: [TimerToken] = []
        for number in (0..<10_000).shuffled() {
            let token = heap.it.add(at: now.advanced(by: .microseconds(number))) { order.add(number) }
            if number.isMultiple(of: 100) { continue }
            tokens.append(token)
        }
        for token in tokens { _ = heap.it.cancel(token) }
        #expect(heap.it.count <= 210)
        while let action = heap.it.popDue(now.advanced(by: .seconds(1))) { action() }
        #expect(order.values == Array(stride(from: 0, to: 10_000, by: 100)))
    }

    @Test func aWakeUpIsRoundedUp() {
        let heap = Box(TimerHeap())
        let now = EventLoop.Instant.now
        _ = heap.it.add(at: now.advanced(by: .microseconds(1_001))) {}
        #expect(heap.it.millisecondsUntilNext(now: now) == 2)
        #expect(heap.it.millisecondsUntilNext(now: now.advanced(by: .seconds(5))) == 0)
    }
}

private final class Recorder {
    private(set) var values: [Int] = []
    func add(_ value: Int) { values.append(value) }
}

/// Lets `#expect` call mutating methods.
private final class Box<Value> {
    var it: Value
    init(_ value: Value) { it = value }
}
