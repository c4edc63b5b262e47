import AMQP
import EventLoop
import TestKit
import Testing

extension AMQPIntegrationTests {
    private func withWire(_ body: (FaultyWire, AMQPConfiguration) async throws -> Void) async throws {
        let direct = try configuration()
        let wire = try FaultyWire(to: direct.endpoints[0].port)
        defer { wire.end() }
        var through = try configuration(wire.url(try SharedServers.address(of: .rabbitmq)))
        through.heartbeat = .seconds(1)
        through.connectTimeout = .seconds(2)
        try await body(wire, through)
    }

    @Test func aFrozenBrokerIsFoundByItsMissingHeartbeats() async throws {
        try await withWire { wire, through in
            try await withQueue(configuration()) { queue in
                let (seen, changes) = (Tally<String>(), Tally<String>())
                let consumer = AMQPConsumer(
                    through, queue: queue, prefetch: 10,
                    onAvailabilityChange: { if case .up = $0 { changes.add("up") } else { changes.add("down") } },
                    handler: { delivery in
                        seen.add(delivery.properties.messageID ?? "")
                        return .acknowledge
                    })
                try await consumer.start(patience: .seconds(5))
                try await withPublisher(
                    through, onAvailabilityChange: { if case .down = $0 { changes.add("publisher down") } }
                ) { publisher in
                    try await publisher.publish(.numbered(0, to: queue))
                    wire.tell(.frozen)
                    let waiting = Task { try await publisher.publish(1..<50, to: queue, tasks: 50) }
                    try await eventually("both are found dead", within: .seconds(8)) {
                        changes.count("down") == 1 && changes.count("publisher down") == 1
                    }
                    wire.tell(nil)
                    try await waiting.value
                    try await eventually("consumed again", within: .seconds(20)) { seen.distinct == 50 }
                }
                #expect(changes.count("up") == 2 && changes.count("down") == 1)
                await consumer.stop(grace: .seconds(5))
            }
        }
    }

    @Test(arguments: [WireFault.Direction.toClient, .toServer])
    func connectionsCutInTheMiddleOfFramesLoseNothing(direction: WireFault.Direction) async throws {
        try await withWire { wire, through in
            try await withQueue(configuration()) { queue in
                let seen = Tally<String>()
                let consumer = AMQPConsumer(through, queue: queue, prefetch: 20) { delivery in
                    if delivery.body.count == 5000 { seen.add(delivery.properties.messageID ?? "") }
                    return .acknowledge
                }
                try await consumer.start(patience: .seconds(5))
                try await withPublisher(through) { publisher in
                    try await withThrowingTaskGroup { group in
                        for number in 0..<600 {
                            group.addTask {
                                try await publisher.publish(
                                    .numbered(number, to: queue, body: [UInt8](repeating: 7, count: 5000)))
                            }
                        }
                        for size in [3, 7_777, 20_011, 60_001] {
                            wire.tell(.cut(after: size, direction))
                            try await eventually("it is cut", within: .seconds(20)) { wire.isSound }
                        }
                        try await group.waitForAll()
                    }
                }
                try await eventually("all are seen", within: .seconds(20)) { seen.distinct == 600 }
                await consumer.stop(grace: .seconds(5))
                #expect(wire.accepted >= 6)
            }
        }
    }

    @Test(arguments: [
        Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), Array("AMQP\0\0\u{9}\u{1}".utf8),
        [UInt8](repeating: 0, count: 64),
        [UInt8](repeating: 255, count: 4096), [1, 0, 0, 0, 0, 0, 1, 0, 206], [1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 60, 206],
        [8, 0, 0, 255, 255, 255, 255, 0], [3, 0, 1, 0, 0, 0, 1, 65, 206], [1, 0, 1, 0, 0, 0, 4, 0, 99, 0, 99, 206],
    ])
    func garbageIsAnErrorAndNoCrash(bytes: [UInt8]) async throws {
        try await withWire { wire, through in
            // Instead of the greeting.
            wire.tell(.garble(bytes))
            let greeted = await kind { try await AMQPConnection.open(through).close() }
            #expect(greeted != nil)
            // Instead of an answer.
            wire.tell(nil)
            var through = through
            through.answerTimeout = .seconds(2)
            let connection = try await AMQPConnection.open(through)
            wire.tell(.garble(bytes))
            let answered = await kind { _ = try await connection.inspectQueue("q") }
            #expect(answered != nil && answered != .closedByBroker(code: 404))
            await connection.close()
        }
    }

    @Test func connectionsThatEndAtOnceAreNotMadeInALoop() async throws {
        try await withWire { wire, through in
            wire.tell(.refusing)
            let publisher = AMQPPublisher(through)
            #expect(await kind { try await publisher.start(patience: .seconds(1)) } == .unreachable)
            #expect(wire.accepted < 10)
            wire.tell(nil)
            try await publisher.start(patience: .seconds(5))
            let before = wire.accepted
            wire.tell(.cut(after: 0))
            for _ in 0..<6 {
                try? await publisher.publish(.numbered(1, to: "nowhere"), patience: .milliseconds(100))
                wire.tell(.cut(after: 600))
            }
            #expect(wire.accepted - before < 12)
            wire.tell(nil)
            await publisher.close()
        }
    }

    @Test func stoppingWhileReconnectingEnds() async throws {
        try await withWire { wire, through in
            try await withQueue(configuration()) { queue in
                let downs = Tally<Bool>()
                let consumer = AMQPConsumer(
                    through, queue: queue, prefetch: 1,
                    onAvailabilityChange: { if case .down = $0 { downs.add(true) } },
                    handler: { _ in .acknowledge })
                try await consumer.start(patience: .seconds(5))
                let publisher = AMQPPublisher(through)
                try await publisher.start(patience: .seconds(5))
                wire.tell(.refusing)
                wire.cutAll()
                try await eventually("down") { downs.total == 1 }
                let waiting = Task { await kind { try await publisher.publish(.numbered(2, to: queue)) } }
                for _ in 0..<100 { await Task.yield() }
                await consumer.stop(grace: .seconds(1))
                await publisher.close()
                #expect([nil, .closed].contains(await waiting.value))
                wire.tell(nil)
                await EventLoop.shared.pause(for: .milliseconds(300))
                let state = try await withConnection(configuration()) { try await $0.inspectQueue(queue) }
                #expect(state.consumers == 0)
            }
        }
    }
}
