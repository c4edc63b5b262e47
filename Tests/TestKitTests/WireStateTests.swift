import Testing

@testable import TestKit

@Suite struct WireStateTests {
    private func state(_ fault: WireFault?, connections: Int = 2) -> WireState {
        var state = WireState()
        for _ in 0..<connections { _ = state.accept() }
        state.tell(fault)
        return state
    }

    @Test func passesEverythingAtFirst() {
        var state = state(nil)
        let verdicts = [state.arrived(9, .toServer, on: 1), state.arrived(7, .toClient, on: 2)]
        #expect(verdicts == [.pass(9), .pass(7)] && state.isSound && state.accepted == 2 && state.struck == 0)
    }

    @Test func cutsTheFirstThatGetsThereAndIsSoundAgain() {
        var state = state(.cut(after: 10, .toServer))
        var verdicts = [state.arrived(6, .toServer, on: 1), state.arrived(100, .toClient, on: 1)]
        verdicts += [state.arrived(9, .toServer, on: 2), state.arrived(6, .toServer, on: 1)]
        #expect(verdicts == [.pass(6), .pass(100), .pass(9), .end(after: 4, instead: [])])
        #expect(state.isOver(1) && !state.isOver(2) && state.isSound && state.struck == 1)
        let other = state.arrived(100, .toServer, on: 2)
        #expect(other == .pass(100))
    }

    @Test func cutsAtOnceAndOnTheVeryByte() {
        var none = state(.cut(after: 0))
        let atOnce = none.arrived(5, .toClient, on: 1)
        #expect(atOnce == .end(after: 0, instead: []))
        var exact = state(.cut(after: 5))
        let onTheByte = exact.arrived(5, .toClient, on: 1)
        #expect(onTheByte == .end(after: 5, instead: []))
    }

    @Test func strikesEachConnectionWhenToldSo() {
        var state = state(.cut(after: 3, everyConnection: true))
        _ = state.arrived(3, .toClient, on: 1)
        let later = state.accept() ?? 0
        let verdicts = [state.arrived(2, .toClient, on: later), state.arrived(2, .toClient, on: later)]
        #expect(verdicts == [.pass(2), .end(after: 1, instead: [])] && state.struck == 2 && !state.isSound)
    }

    @Test func aStalledConnectionHoldsBothDirectionsUntilToldOtherwise() {
        var state = state(.stall(after: 4, .toServer))
        var verdicts = [state.arrived(10, .toServer, on: 1), state.arrived(6, .toServer, on: 1)]
        verdicts += [state.arrived(1, .toClient, on: 1), state.arrived(1, .toServer, on: 2)]
        #expect(verdicts == [.pass(4), .wait, .wait, .pass(1)] && !state.isSound && state.isStill(1))
        state.tell(nil)
        let after = state.arrived(6, .toServer, on: 1)
        #expect(after == .pass(6) && state.isSound)
    }

    @Test func refusesFreezesGarblesAndCutsAll() {
        var refusing = state(.refusing)
        let refused = refusing.accept()
        #expect(refused == nil && refusing.accepted == 3 && !refusing.isOver(1))
        var frozen = state(.frozen)
        let late = frozen.accept() ?? 0
        let still = frozen.arrived(1, .toServer, on: late)
        #expect(still == .wait)
        var garbling = state(.garble([1, 2]))
        let garbled = [garbling.arrived(5, .toServer, on: 1), garbling.arrived(5, .toClient, on: 1)]
        #expect(garbled == [.pass(5), .end(after: 0, instead: [1, 2])])
        var cut = state(nil)
        cut.cutAll()
        let next = cut.accept() ?? 0
        #expect(cut.isOver(1) && cut.isOver(2) && !cut.isOver(next))
    }
}
