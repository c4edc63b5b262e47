import AMQP
import Contracts
import Synchronization
import TestKit
import Testing

/// An operator deletes a work queue under its consumer.
@Suite(.serialized, .timeLimit(.minutes(1))) struct QueueDeletedTests {
    @Test func itsConsumerSaysSoTriesWithPausesAndConsumesAgain() async throws {
        let scope = try await BrokerScope.shared()
        let wire = try FaultyWire(before: scope.url)
        defer { wire.end() }
        let (arrivals, changes) = (Arrivals(), Tally<String>())
        let reason = Mutex<AMQPError?>(nil)
        let queue = QueueName.ingest.rawValue
        try await withConsumer(
            of: queue, AMQPConfiguration(url: wire.url(scope.url), connectionName: "queue-deleted"),
            onAvailabilityChange: { change in
                switch change {
                case .up: changes.add("up")
                case .down(let error):
                    changes.add("down")
                    reason.withLock { $0 = error }
                }
            },
            handler: {
                arrivals.note($0)
                return .acknowledge
            }
        ) { _ in
            try await publish(1, scope)
            try await eventually("it consumes") { arrivals.distinct == 1 }
            #expect(wire.accepted == 1)
            _ = try await withConnection(scope.configuration()) { try await $0.deleteQueue(queue) }
            let start = ContinuousClock.now
            try await eventually("it is reported") { changes.count("down") == 1 }
            try await eventually("five attempts are over") { wire.accepted == 6 }
            // The pauses are at least half of 0.1, 0.2, 0.4, 0.8 and 1.6 s.
            #expect(start.duration(to: .now) >= .milliseconds(1_550))
            #expect(changes.count("down") == 1 && changes.count("up") == 1)
            #expect(reason.withLock { $0?.description }?.contains("queue") == true)

            try await scope.applyTopology()
            try await eventually("it is back", within: .seconds(20)) { changes.count("up") == 2 }
            try await publish(2, scope)
            try await eventually("it consumes again") { arrivals.distinct == 2 }
        }
        #expect(arrivals.total == 2)
    }

    private func publish(_ number: Int, _ scope: BrokerScope) async throws {
        try await withPublisher(scope.configuration()) {
            try await $0.publish(.numbered(number, to: .requests, .ingest))
        }
    }
}
