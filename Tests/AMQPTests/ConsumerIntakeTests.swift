import AMQP
import TestKit
import Testing

// What a consumer takes, changed and ended in haste.
extension AMQPIntegrationTests {
    @Test func aPausedConsumerSettlesWhatItHasAndTakesNoMore() async throws {
        try await withQueue(configuration()) { queue in
            let seen = Tally<String>()
            let gate = Gate()
            let consumer = AMQPConsumer(try configuration(), queue: queue, prefetch: 10) { delivery in
                await gate.pass()
                seen.add(delivery.properties.messageID ?? "")
                return .acknowledge
            }
            try await consumer.start(patience: .seconds(5))
            try await withPublisher(configuration()) { try await $0.publish(0..<30, to: queue, tasks: 1) }
            try await eventually("ten are in flight") { await consumer.inFlight == 10 }
            await consumer.allow(.none)
            gate.open()
            try await withConnection(configuration()) { connection in
                try await eventually("in flight settled, the rest ready, no consumer") {
                    let state = try await connection.inspectQueue(queue)
                    let idle = await consumer.inFlight == 0
                    return idle && state.consumers == 0 && state.messages == 30 - seen.total
                }
            }
            let paused = seen.total
            #expect(paused >= 10 && paused < 30)
            // Whatever order these reach the broker in: the last word counts.
            for _ in 0..<25 {
                await consumer.allow(.all)
                await consumer.allow(.none)
            }
            await consumer.allow(.all)
            try await eventually("all are seen") { seen.distinct == 30 }
            await consumer.stop(grace: .seconds(5))
            #expect(seen.total == 30)
        }
    }

    /// RabbitMQ 3.10.8 ends the channel of a consumer that is cancelled before its `consume-ok` is out.
    @Test func whateverIsAllowedInWhateverHasteTheConnectionStands() async throws {
        try await withQueue(configuration()) { queue in
            try await withPublisher(configuration()) { try await $0.publish(0..<40, to: queue, tasks: 1) }
            let (seen, losses) = (Tally<String>(), Tally<String>())
            let consumer = AMQPConsumer(
                try configuration(), queue: queue, prefetch: 2,
                onAvailabilityChange: { if case .down(let error) = $0 { losses.add("\(error)") } },
                handler: { delivery in
                    seen.add(delivery.properties.messageID ?? "")
                    return .acknowledge
                })
            try await consumer.start(patience: .seconds(5))
            for turn in 0..<60 {
                await consumer.allow(turn % 3 == 0 ? .one : .all)
                await consumer.allow(.none)
                if turn % 4 == 0 { for _ in 0..<(turn * 5) { await Task.yield() } }
            }
            await consumer.allow(.all)
            try await eventually("all are seen") { seen.distinct == 40 }
            await consumer.stop(grace: .seconds(5))
            #expect(losses.total == 0)
            #expect(seen.total == 40, "none came twice")
        }
    }

    /// The first message widens the subscription, and the stop comes before the broker has answered.
    @Test func whatWasDoneBeforeAnEarlyStopIsAcknowledged() async throws {
        try await withQueue(configuration()) { queue in
            for turn in 0..<20 {
                try await withPublisher(configuration()) {
                    try await $0.publish(turn..<(turn + 1), to: queue, tasks: 1)
                }
                let (begun, told) = (Gate(), Gate())
                let consumer = AMQPConsumer(try configuration(), queue: queue, prefetch: 16) { _ in
                    begun.open()
                    await told.pass()
                    return .acknowledge
                }
                let start = Task { try await consumer.start(patience: .seconds(5)) }
                await begun.pass()
                try await start.value
                let stop = Task { await consumer.stop(grace: .seconds(5)) }
                // Once it answers somebody else, the broker has had time for what the stop sent.
                try await withConnection(configuration()) { try await $0.inspectQueue(queue) }
                told.open()
                #expect(await stop.value == 0)
                let left = try await withConnection(configuration()) { try await $0.inspectQueue(queue).messages }
                #expect(left == 0, "turn \(turn)")
            }
        }
    }

    @Test func aPauseWhileConnectingHolds() async throws {
        try await withQueue(configuration()) { queue in
            for turns in 0..<12 {
                let consumer = AMQPConsumer(try configuration(), queue: queue, prefetch: 1) { _ in .acknowledge }
                let start = Task { try await consumer.start(patience: .seconds(5)) }
                for _ in 0..<(turns * turns * 10) { await Task.yield() }
                await consumer.allow(.none)
                try await start.value
                try await withConnection(configuration()) { connection in
                    try await eventually("no consumer") { try await connection.inspectQueue(queue).consumers == 0 }
                }
                await consumer.stop(grace: .zero)
            }
        }
    }
}
