import AMQP
import Contracts
import TestKit
import Testing

/// The broker's memory alarm: it takes no messages, and gives those that it has.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BlockedBrokerTests {
    @Test func publishersWaitConsumersGoOnAndNothingIsLost() async throws {
        try await PrivateServers.with([.rabbitmq]) { try await raiseTheAlarm(on: $0) }
    }

    private func raiseTheAlarm(on servers: PrivateServers) async throws {
        let scope = try await BrokerScope.on(servers)
        let (changes, confirmed, arrivals) = (Tally<String>(), Tally<Int>(), Arrivals())
        let note: @Sendable (AMQPPublisher.Availability) -> Void = { change in
            switch change {
            case .up: changes.add("up")
            case .down: changes.add("down")
            case .blocked: changes.add("blocked")
            }
        }
        try await withPublisher(scope.configuration(), onAvailabilityChange: note) { publisher in
            try await publisher.publish(0..<500, tasks: 50) { .numbered($0, to: .requests, .ingest) }
            // On their way down the delay ladder while the alarm is raised.
            try await publisher.publish(500..<600, tasks: 50) { number in
                let route = DelayLadder.route(delaySeconds: 3, destination: .ingest)
                return .numbered(number, to: route.exchange, route.routingKey)
            }
            _ = try await servers.rabbitmqctl("set_vm_memory_high_watermark", "0")

            let publishing = Task {
                try await publisher.publish(600..<800, tasks: 200, onConfirm: { confirmed.add($0) }) {
                    .numbered($0, to: .requests, .ingest)
                }
            }
            try await eventually("the publisher says that it is blocked") { changes.count("blocked") == 1 }
            try await withConsumer(
                of: QueueName.ingest.rawValue, scope.configuration(), prefetch: 20,
                handler: {
                    arrivals.note($0)
                    return .acknowledge
                }
            ) { consumer in
                try await eventually("what was there is consumed, the delayed too", within: .seconds(20)) {
                    arrivals.missing(of: 0..<600).isEmpty
                }
                try await eventually("all is settled") { await consumer.inFlight == 0 }
                #expect(confirmed.distinct == 0 && arrivals.distinct == 600, "nothing new is taken in")
                #expect(changes.count("up") == 1)

                _ = try await servers.rabbitmqctl("set_vm_memory_high_watermark", "0.8")
                try await publishing.value
                #expect(confirmed.distinct == 200)
                try await eventually("all are consumed") { arrivals.missing(of: 0..<800).isEmpty }
            }
        }
        #expect(arrivals.total == 800, "none came twice")
        #expect(changes.count("up") == 2 && changes.count("blocked") == 1 && changes.count("down") == 0)
    }
}
