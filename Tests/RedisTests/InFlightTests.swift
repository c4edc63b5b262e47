import Testing

@testable import Redis

@Suite(.timeLimit(.minutes(1)))
struct InFlightTests {
    @Test func repliesGoToTheOldestCall() {
        var inFlight = InFlight<Int>()
        _ = inFlight.append(name: "A", expected: 1, deadline: .now, 1)
        _ = inFlight.append(name: "B", expected: 2, deadline: .now, 2)
        #expect(inFlight.commands == 3)
        #expect(inFlight.receive(.integer(10)).finished?.waiter == 1)
        #expect(inFlight.receive(.integer(20)).finished == nil)
        let last = inFlight.receive(.integer(21)).finished
        #expect(last?.waiter == 2 && last?.replies == [.integer(20), .integer(21)])
        #expect(inFlight.commands == 0 && inFlight.nextDeadline == nil)
        #expect(inFlight.receive(.null).isExpected == false)
    }

    @Test func abandonedCallsKeepTheirPlace() {
        var inFlight = InFlight<Int>()
        // More than the 1,024 after which the front is cut off.
        let ids = (0..<3000).map { inFlight.append(name: "A", expected: 1, deadline: .now, $0) }
        #expect(inFlight.abandon(ids[2000]) == 2000)
        #expect(inFlight.abandon(ids[2000]) == nil)
        for number in 0..<2500 {
            let finished = inFlight.receive(.integer(number)).finished
            #expect(finished?.waiter == (number == 2000 ? nil : number))
        }
        #expect(inFlight.abandon(ids[0]) == nil)
        #expect(inFlight.abandon(ids[2600]) == 2600)
        #expect(inFlight.removeAll().count == 500)
        let next = inFlight.append(name: "A", expected: 1, deadline: .now, -1)
        #expect(inFlight.abandon(ids[2999]) == nil)
        #expect(inFlight.abandon(next) == -1)
    }
}
