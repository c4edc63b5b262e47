import Testing

@testable import AMQP

@Suite struct IntakeControlTests {
    private func delivery(_ tag: UInt64, returns: Int = 0) -> Delivery {
        var properties = AMQPProperties()
        if returns > 0 { properties.headers["x-delivery-count"] = .integer(Int64(returns)) }
        return Delivery(
            tag: tag, isRedelivered: returns > 0, exchange: "", routingKey: "", properties: properties, body: [],
            lease: Delivery.Lease())
    }

    /// Connected, and the first clean message has come and gone.
    private func wide(limit: Int = 4) -> IntakeControl {
        var intake = IntakeControl(limit: limit)
        intake.connected()
        _ = intake.changes(running: 0)
        intake.arrived(delivery(1))
        _ = intake.next(running: 0)
        intake.settled(1)
        _ = intake.changes(running: 0)
        return intake
    }

    @Test func itStartsWithOneAndWidensAtTheFirstCleanMessage() {
        var intake = IntakeControl(limit: 4)
        intake.connected()
        #expect(intake.changes(running: 0) == [.subscribe(tag: "repazoo-1", .one)])
        intake.arrived(delivery(1))
        #expect(intake.next(running: 0)?.tag == 1)
        #expect(
            intake.changes(running: 1) == [.cancel(tag: "repazoo-1"), .subscribe(tag: "repazoo-2", .all)])
        #expect(intake.changes(running: 1) == [])
    }

    @Test func aSuspectRunsAloneAndTheNextOneAfterIt() {
        var intake = wide()
        intake.arrived(delivery(2))
        #expect(intake.next(running: 0)?.tag == 2)
        intake.arrived(delivery(3, returns: 2))
        intake.arrived(delivery(4, returns: 7))
        intake.arrived(delivery(5, returns: 1))
        #expect(intake.changes(running: 1) == [.cancel(tag: "repazoo-2")], "nothing more is taken")
        #expect(intake.next(running: 1)?.tag == 5, "what was returned once is no suspect")
        #expect(intake.next(running: 2) == nil, "others are at work")
        #expect(intake.next(running: 0)?.tag == 3)
        #expect(intake.isSuspect(3))
        #expect(intake.next(running: 1) == nil)
        #expect(intake.changes(running: 1) == [])
        intake.settled(3)
        #expect(intake.next(running: 0)?.tag == 4)
        intake.settled(4)
        #expect(intake.changes(running: 0) == [.subscribe(tag: "repazoo-3", .all)], "the last one that came was clean")
    }

    @Test func afterAReconnectionOnlyOneIsTakenAsLongAsSuspectsCome() {
        var intake = wide()
        intake.connected()
        #expect(intake.changes(running: 0) == [.subscribe(tag: "repazoo-3", .one)])
        for tag in UInt64(1)...3 {
            intake.arrived(delivery(tag, returns: 2))
            #expect(intake.next(running: 0)?.tag == tag)
            #expect(intake.changes(running: 1).count == 1, "cancelled")
            intake.settled(tag)
            guard case .subscribe(_, .one) = intake.changes(running: 0).first else {
                Issue.record("still cautious")
                return
            }
        }
    }

    @Test func theOwnersWordCountsWhenItIsStricter() {
        var intake = wide()
        intake.allowed = .none
        #expect(intake.changes(running: 0) == [.cancel(tag: "repazoo-2")])
        intake.allowed = .one
        #expect(intake.changes(running: 0) == [.subscribe(tag: "repazoo-3", .one)])
        intake.arrived(delivery(2))
        #expect(intake.changes(running: 1) == [], "a probe stays one")
        intake.allowed = .all
        #expect(
            intake.changes(running: 1) == [.cancel(tag: "repazoo-3"), .subscribe(tag: "repazoo-4", .all)])
    }

    @Test func noMoreThanTheLimitRunAndNothingIsSubscribedMeanwhile() {
        var intake = wide(limit: 2)
        for tag in UInt64(2)...4 { intake.arrived(delivery(tag)) }
        #expect(intake.next(running: 0)?.tag == 2)
        #expect(intake.next(running: 1)?.tag == 3)
        #expect(intake.next(running: 2) == nil)
        intake.allowed = .none
        _ = intake.changes(running: 2)
        intake.allowed = .all
        #expect(intake.changes(running: 2) == [])
        #expect(intake.next(running: 1)?.tag == 4)
        #expect(intake.changes(running: 2) == [])
        #expect(intake.changes(running: 1) == [.subscribe(tag: "repazoo-3", .all)])
    }
}
