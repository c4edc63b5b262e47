import AMQP
import TestKit
import Testing

extension AMQPIntegrationTests {
    @Test func exactlyTheUnroutableOnesFail() async throws {
        try await withQueue(configuration()) { queue in
            let failed = Tally<Int>()
            try await withPublisher(configuration()) { publisher in
                await withTaskGroup { group in
                    for number in 0..<1000 {
                        group.addTask {
                            let target = number % 50 == 7 ? "nowhere" : queue
                            if await kind({ try await publisher.publish(.numbered(number, to: target)) }) == .unroutable
                            {
                                failed.add(number % 50)
                            }
                        }
                    }
                }
            }
            #expect(failed.count(7) == 20 && failed.total == 20)
            try await withConnection(configuration()) { connection in
                try await eventually("980 messages") { try await connection.inspectQueue(queue).messages == 980 }
            }
        }
    }

    /// The broker closes the channel over such a message and does not say which it was.
    @Test func aMissingExchangeFailsItsOwnMessageOnly() async throws {
        try await withQueue(configuration()) { queue in
            let outcomes = Tally<String>()
            try await withPublisher(configuration()) { publisher in
                await withTaskGroup { group in
                    for number in 0..<300 {
                        group.addTask {
                            let isBad = number == 40 || number == 200
                            let message = Publication.numbered(
                                number, to: queue, exchange: isBad ? "no-such-exchange" : "")
                            let kind = await kind { try await publisher.publish(message) }
                            outcomes.add("\(isBad) \(kind.map { "\($0)" } ?? "confirmed")")
                        }
                    }
                }
                try await publisher.publish(.numbered(1000, to: queue))
            }
            #expect(outcomes.count("false confirmed") == 298)
            #expect(outcomes.count("true closedByBroker(code: 404)") == 2)
        }
    }

    @Test func aMessageThatAMQPCannotCarryHarmsNoOther() async throws {
        try await withQueue(configuration()) { queue in
            let downs = Tally<Bool>()
            try await withPublisher(configuration(), onAvailabilityChange: { if case .down = $0 { downs.add(true) } }) {
                publisher in
                var message = Publication.numbered(1, to: queue)
                message.properties.messageID = String(repeating: "x", count: 256)
                let bad = message
                #expect(await kind { try await publisher.publish(bad) } == .invalidMessage)
                // The largest that is let through really fits a frame.
                message.properties.messageID = String(repeating: "i", count: 255)
                message.properties.type = String(repeating: "t", count: 255)
                message.properties.headers = ["x": .bytes([UInt8](repeating: 1, count: (96 << 10) - 16))]
                try await publisher.publish(message)
            }
            #expect(downs.total == 0)
        }
    }

    @Test func bodiesOfEverySizeArriveWhole() async throws {
        let sizes = [0, 1, 300, 131_064, 131_065, 200 << 10, 1 << 20]
        try await withQueue(configuration()) { queue in
            try await withPublisher(configuration()) { publisher in
                for size in sizes {
                    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                    try await publisher.publish(.numbered(size, to: queue, body: body))
                }
            }
            let good = Tally<Int>()
            let consumer = AMQPConsumer(try configuration(), queue: queue, prefetch: 3) { delivery in
                let isWhole = delivery.body.indices.allSatisfy {
                    delivery.body[$0] == UInt8(truncatingIfNeeded: $0 &* 31)
                }
                if isWhole, delivery.properties.messageID == String(delivery.body.count) {
                    good.add(delivery.body.count)
                }
                return .acknowledge
            }
            try await consumer.start(patience: .seconds(5))
            try await eventually("all sizes") { good.distinct == sizes.count }
            await consumer.stop(grace: .seconds(5))
        }
    }

    @Test func aFullQueueIsNackedAndNothingIsLostSilently() async throws {
        try await withQueue(configuration(), arguments: ["x-max-length": 5, "x-overflow": "reject-publish"]) { queue in
            let outcomes = Tally<String>()
            try await withPublisher(configuration()) { publisher in
                // The limit is soft: the queue notices one by one that it is full.
                var isFull = false
                var confirmed = 0
                while !isFull, confirmed < 50 {
                    isFull =
                        await kind {
                            try await publisher.publish(.numbered(confirmed, to: queue), patience: .seconds(1))
                        } == .nacked
                    if !isFull { confirmed += 1 }
                }
                #expect(isFull && confirmed >= 5)
                await withTaskGroup { group in
                    for number in 100..<150 {
                        group.addTask {
                            let kind = await kind {
                                try await publisher.publish(.numbered(number, to: queue), patience: .seconds(2))
                            }
                            outcomes.add(kind.map { "\($0)" } ?? "confirmed")
                        }
                    }
                }
                #expect(outcomes.count("nacked") == 50)
                // Room again: what waits goes through.
                let waiting = Task { try await publisher.publish(.numbered(1000, to: queue)) }
                let purged = try await withConnection(configuration()) { try await $0.purgeQueue(queue) }
                #expect(purged == confirmed)
                try await waiting.value
            }
        }
    }

    @Test func aWaitingPublishIsCancelled() async throws {
        let publisher = AMQPPublisher(try configuration())
        let waiting = (0..<20).map { number in
            Task { try await publisher.publish(.numbered(number, to: "q"), patience: .seconds(100)) }
        }
        for task in waiting { task.cancel() }
        for task in waiting { await #expect(throws: CancellationError.self) { try await task.value } }
        await publisher.close()
    }

    @Test func withoutABrokerPatienceEnds() async throws {
        let publisher = AMQPPublisher(try configuration("amqp://127.0.0.1:1"))
        #expect(await kind { try await publisher.start(patience: .zero) } == .unreachable)
        #expect(
            await kind { try await publisher.publish(.numbered(1, to: "q"), patience: .milliseconds(100)) }
                == .unreachable)
        await publisher.close()
    }

    @Test func closingGivesEveryWaiterItsError() async throws {
        let publisher = AMQPPublisher(try configuration())
        let waiting = (0..<20).map { number in
            Task { await kind { try await publisher.publish(.numbered(number, to: "q")) } }
        }
        let start = Task { await kind { try await publisher.start(patience: .seconds(10)) } }
        for _ in 0..<50 { await Task.yield() }
        await publisher.close()
        for task in waiting {
            let outcome = await task.value
            #expect(outcome == .closed || outcome == .unroutable, "\(outcome.map { "\($0)" } ?? "no error")")
        }
        // Started in time, or told that it was closed; never left connecting.
        #expect([nil, .closed].contains(await start.value))
        #expect(await kind { try await publisher.publish(.numbered(1, to: "q")) } == .closed)
        #expect(await kind { try await publisher.start(patience: .seconds(1)) } == .closed)
    }
}
