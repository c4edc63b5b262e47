import Testing

@testable import AMQP

@Suite(.timeLimit(.minutes(1))) struct AckLedgerTests {
    @Test func anUnbrokenRunIsOneMultipleAck() {
        let ledger = ledger(delivered: 5)
        for tag in [3, 1, 2] as [UInt64] { #expect(ledger.it.finish(tag) == true) }
        #expect(ledger.it.flush() == [.init(tag: 3, multiple: true)])
        #expect(ledger.it.flush() == [])
        #expect(ledger.it.open == 2 && ledger.it.waiting == 0)
    }

    @Test func aboveAGapEachIsAcknowledgedByItself() {
        let ledger = ledger(delivered: 6)
        for tag in [1, 4, 6] as [UInt64] { #expect(ledger.it.finish(tag) == true) }
        #expect(
            ledger.it.flush() == [
                .init(tag: 1, multiple: true), .init(tag: 4, multiple: false), .init(tag: 6, multiple: false),
            ])
        for tag in [2, 3] as [UInt64] { #expect(ledger.it.finish(tag) == true) }
        // 4 is told already: the multiple-ack may not name it.
        #expect(ledger.it.flush() == [.init(tag: 3, multiple: true)])
        #expect(ledger.it.finish(5) == true)
        #expect(ledger.it.flush() == [.init(tag: 5, multiple: true)])
    }

    @Test func settledTwiceNeverDeliveredOrOutOfStepCountsForNothing() {
        let ledger = ledger(delivered: 3)
        #expect(!ledger.it.finish(0) && !ledger.it.finish(4))
        #expect(ledger.it.finish(2) && !ledger.it.finish(2) && !ledger.it.told(2))
        #expect(ledger.it.told(1) && !ledger.it.told(1) && !ledger.it.finish(1))
        #expect(!ledger.it.delivered(3) && !ledger.it.delivered(5))
        #expect(ledger.it.flush() == [.init(tag: 2, multiple: true)])
        #expect(ledger.it.finish(2) == false)
    }

    /// Against a broker in miniature that closes the channel over any acknowledgement of what is not outstanding.
    @Test(arguments: UInt64(1)...40) func neverNamesASettledTagAndForgetsNothing(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let ledger = Box(AckLedger())
        var outstanding: Set<UInt64> = []
        var inHand: [UInt64] = []
        var finished: Set<UInt64> = []
        var next: UInt64 = 1
        for _ in 0..<4_000 {
            switch random.next() % 10 {
            case 0...3:
                #expect(ledger.it.delivered(next) == true)
                outstanding.insert(next)
                inHand.append(next)
                next += 1
            case 4...7:
                guard !inHand.isEmpty else { continue }
                let tag = inHand.remove(at: Int(random.next() % UInt64(inHand.count)))
                #expect(ledger.it.finish(tag) == true)
                finished.insert(tag)
            case 8:
                guard !inHand.isEmpty else { continue }
                let tag = inHand.remove(at: Int(random.next() % UInt64(inHand.count)))
                #expect(ledger.it.told(tag) == true)
                outstanding.remove(tag)
            default:
                for ack in ledger.it.flush() {
                    try #require(outstanding.contains(ack.tag), "acknowledged twice: \(ack)")
                    let settled: Set<UInt64> = ack.multiple ? outstanding.filter { $0 <= ack.tag } : [ack.tag]
                    try #require(settled.isSubset(of: finished), "acknowledged unfinished work: \(ack)")
                    outstanding.subtract(settled)
                }
                #expect(outstanding == Set(inHand))
            }
            #expect(ledger.it.open == inHand.count)
        }
    }

    @Test func oneSlowHandlerDoesNotMakeTheOthersDear() {
        let ledger = ledger(delivered: 1)
        let began = ContinuousClock.now
        for tag in 2...UInt64(100_000) {
            _ = ledger.it.delivered(tag)
            _ = ledger.it.finish(tag)
            if tag.isMultiple(of: 10) { _ = ledger.it.flush() }
        }
        // Walking over all that came after the slow one takes half a minute here.
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    private func ledger(delivered count: UInt64) -> Box<AckLedger> {
        let ledger = Box(AckLedger())
        for tag in 1...count { #expect(ledger.it.delivered(tag) == true) }
        return ledger
    }
}

/// Lets `#expect` call mutating methods.
final class Box<Value> {
    var it: Value
    init(_ value: Value) { it = value }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
