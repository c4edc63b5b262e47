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
        _ = intake.answered(running: 0)
        intake.arrived(delivery(1))
        _ = intake.next(running: 0)
        intake.settled(1)
        _ = intake.answered(running: 0)
        return intake
    }

    @Test func itStartsWithOneAndWidensAtTheFirstCleanMessage() {
        var intake = IntakeControl(limit: 4)
        intake.connected()
        #expect(intake.answered(running: 0) == [.subscribe(tag: "repazoo-1", .one)])
        intake.arrived(delivery(1))
        #expect(intake.next(running: 0)?.tag == 1)
        #expect(
            intake.answered(running: 1) == [.cancel(tag: "repazoo-1"), .subscribe(tag: "repazoo-2", .all)])
        #expect(intake.answered(running: 1) == [])
    }

    @Test func aSuspectRunsAloneAndTheNextOneAfterIt() {
        var intake = wide()
        intake.arrived(delivery(2))
        #expect(intake.next(running: 0)?.tag == 2)
        intake.arrived(delivery(3, returns: 2))
        intake.arrived(delivery(4, returns: 7))
        intake.arrived(delivery(5, returns: 1))
        #expect(intake.answered(running: 1) == [.cancel(tag: "repazoo-2")], "nothing more is taken")
        #expect(intake.next(running: 1)?.tag == 5, "what was returned once is no suspect")
        #expect(intake.next(running: 2) == nil, "others are at work")
        #expect(intake.next(running: 0)?.tag == 3)
        #expect(intake.isSuspect(3))
        #expect(intake.next(running: 1) == nil)
        #expect(intake.answered(running: 1) == [])
        intake.settled(3)
        #expect(intake.next(running: 0)?.tag == 4)
        intake.settled(4)
        #expect(intake.answered(running: 0) == [.subscribe(tag: "repazoo-3", .all)], "the last one that came was clean")
    }

    @Test func afterAReconnectionOnlyOneIsTakenAsLongAsSuspectsCome() {
        var intake = wide()
        intake.connected()
        #expect(intake.answered(running: 0) == [.subscribe(tag: "repazoo-3", .one)])
        for tag in UInt64(1)...3 {
            intake.arrived(delivery(tag, returns: 2))
            #expect(intake.next(running: 0)?.tag == tag)
            #expect(intake.answered(running: 1).count == 1, "cancelled")
            intake.settled(tag)
            guard case .subscribe(_, .one) = intake.answered(running: 0).first else {
                Issue.record("still cautious")
                return
            }
        }
    }

    @Test func theOwnersWordCountsWhenItIsStricter() {
        var intake = wide()
        intake.allowed = .none
        #expect(intake.answered(running: 0) == [.cancel(tag: "repazoo-2")])
        intake.allowed = .one
        #expect(intake.answered(running: 0) == [.subscribe(tag: "repazoo-3", .one)])
        intake.arrived(delivery(2))
        #expect(intake.answered(running: 1) == [], "a probe stays one")
        intake.allowed = .all
        #expect(
            intake.answered(running: 1) == [.cancel(tag: "repazoo-3"), .subscribe(tag: "repazoo-4", .all)])
    }

    @Test func noMoreThanTheLimitRunAndNothingIsSubscribedMeanwhile() {
        var intake = wide(limit: 2)
        for tag in UInt64(2)...4 { intake.arrived(delivery(tag)) }
        #expect(intake.next(running: 0)?.tag == 2)
        #expect(intake.next(running: 1)?.tag == 3)
        #expect(intake.next(running: 2) == nil)
        intake.allowed = .none
        _ = intake.answered(running: 2)
        intake.allowed = .all
        #expect(intake.answered(running: 2) == [])
        #expect(intake.next(running: 1)?.tag == 4)
        #expect(intake.answered(running: 2) == [])
        #expect(intake.answered(running: 1) == [.subscribe(tag: "repazoo-3", .all)])
    }

    @Test func nothingChangesBeforeTheBrokerHasAnswered() {
        var intake = IntakeControl(limit: 4)
        intake.connected()
        #expect(intake.changes(running: 0) == [.subscribe(tag: "repazoo-1", .one)])
        intake.arrived(delivery(1))
        _ = intake.next(running: 0)
        intake.allowed = .none
        #expect(intake.changes(running: 1) == [], "a consumer that is cancelled too early kills its channel")
        intake.allowed = .all
        intake.subscribed()
        #expect(intake.changes(running: 1) == [.cancel(tag: "repazoo-1"), .subscribe(tag: "repazoo-2", .all)])
        intake.allowed = .none
        #expect(intake.changes(running: 1) == [])
        intake.subscribed()
        #expect(intake.changes(running: 1) == [.cancel(tag: "repazoo-2")])
        intake.connected()
        intake.allowed = .all
        #expect(
            intake.changes(running: 0) == [.subscribe(tag: "repazoo-3", .one)],
            "an answer of the old connection is not waited for")
    }
}

extension IntakeControl {
    /// The changes, and the broker has answered them.
    fileprivate mutating func answered(running: Int) -> [Change] {
        defer { subscribed() }
        return changes(running: running)
    }
}
