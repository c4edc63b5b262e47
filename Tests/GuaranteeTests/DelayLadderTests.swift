import AMQP
import Contracts
import Synchronization
import TestKit
import Testing

/// What is put off comes back: all of it, once, not early and not much too late.
@Suite(.serialized, .timeLimit(.minutes(4))) struct DelayLadderTests {
    private let workQueues: [QueueName] = [.ingest, .analyze, .export, .retention, .monitor, .alert]

    @Test func tenThousandPutOffByMixedDelaysComeBackOnceAndOnTime() async throws {
        let count = 10_000
        var random = SeededRandom(seed: 2_026)
        let delays = (0..<count).map { _ in Int.random(in: 1...40, using: &random) }
        let scope = try await BrokerScope.shared()
        let arrivals = Arrivals()
        let published = Mutex([Int: ContinuousClock.Instant]())

        try await withConsumer(
            of: QueueName.ingest.rawValue, scope.configuration(), prefetch: 500,
            handler: {
                arrivals.note($0)
                return .acknowledge
            }
        ) { _ in
            try await withPublisher(scope.configuration()) { publisher in
                try await publisher.publish(0..<count, tasks: 200) { number in
                    let route = DelayLadder.route(delaySeconds: delays[number], destination: .ingest)
                    published.withLock { $0[number] = .now }
                    return .numbered(number, to: route.exchange, route.routingKey)
                }
            }
            try await eventually("all are back", within: .seconds(60)) { arrivals.distinct == count }
        }

        let starts = published.withLock { $0 }
        let lateness = try (0..<count).map { number in
            let start = try #require(starts[number])
            let times = arrivals.times(of: number)
            try #require(times.count == 1, "message \(number) came \(times.count) times")
            return start.duration(to: times[0]) - .seconds(delays[number])
        }.sorted()
        print(
            "delay ladder, \(count) messages: lateness p50 \(lateness[count / 2].figure),",
            "p95 \(lateness[count * 95 / 100].figure), max \(lateness[count - 1].figure)")
        #expect(lateness[0] >= .zero, "none is early")
        #expect(lateness[count - 1] <= .seconds(2), "none is late")
        #expect(arrivals.total == count)
        try await expectEmptyLevels(scope)
    }

    /// Each delay to another of the work queues, in turn.
    @Test func everyDelayUpToTwentySecondsEndsInItsQueue() async throws {
        let scope = try await BrokerScope.shared()
        let arrived = Mutex([Int: [(queue: QueueName, at: ContinuousClock.Instant)]]())
        var consumers: [AMQPConsumer] = []
        for queue in workQueues {
            let consumer = AMQPConsumer(try scope.configuration(), queue: queue.rawValue, prefetch: 10) { delivery in
                let number = delivery.properties.messageID.flatMap { Int($0) } ?? -1
                arrived.withLock { $0[number, default: []].append((queue, .now)) }
                return .acknowledge
            }
            try await consumer.start(patience: .seconds(20))
            consumers.append(consumer)
        }
        let start = ContinuousClock.now
        try await withPublisher(scope.configuration()) { publisher in
            try await publisher.publish(0..<21, tasks: 21) { seconds in
                let route = DelayLadder.route(delaySeconds: seconds, destination: workQueues[seconds % 6])
                return .numbered(seconds, to: route.exchange, route.routingKey)
            }
        }
        try await eventually("all are back", within: .seconds(30)) { arrived.withLock { $0.count } == 21 }
        for consumer in consumers { await consumer.stop(grace: .seconds(5)) }
        for seconds in 0...20 {
            let arrivals = arrived.withLock { $0[seconds] ?? [] }
            #expect(arrivals.map(\.queue) == [workQueues[seconds % 6]])
            let took = try #require(arrivals.first.map { start.duration(to: $0.at) })
            #expect(took >= .seconds(seconds) && took <= .seconds(seconds + 2), "\(seconds) s took \(took)")
        }
    }

    /// Hours are not waited for: each message is published to every level that it may come by on its way down, and must
    /// rest in the queue of the highest bit that is left for it there.
    @Test func everyBitPatternRestsInTheLevelsOfItsBits() async throws {
        let patterns =
            (5..<DelayLadder.levels).map { 1 << $0 } + [
                DelayLadder.longestHop, 86_400, 0b1_0101_0101_0101_0101, 0b1010_1010_1010_1010, 3_600,
                0b1_1000_0000_0010_0000,
            ]
        let lowest = 5  // rests for 32 s, more than this test takes
        let scope = try await BrokerScope.shared()
        var expected = [Int](repeating: 0, count: DelayLadder.levels)
        try await withPublisher(scope.configuration()) { publisher in
            for seconds in patterns {
                let route = DelayLadder.route(delaySeconds: seconds, destination: .export)
                #expect(route.seconds == seconds)
                let entry = Int.bitWidth - 1 - seconds.leadingZeroBitCount
                #expect(route.exchange == DelayLadder.exchange(level: entry))
                for level in lowest...entry {
                    let rest = seconds & (1 << (level + 1) - 1)
                    let highest = Int.bitWidth - 1 - rest.leadingZeroBitCount
                    guard rest > 0, highest >= lowest else { continue }
                    expected[highest] += 1
                    let exchange = DelayLadder.exchange(level: level)
                    try await publisher.publish(.numbered(seconds, to: exchange, route.routingKey))
                }
            }
        }
        #expect(expected[lowest...].allSatisfy { $0 > 0 })
        try await withConnection(scope.configuration()) { connection in
            for level in lowest..<DelayLadder.levels {
                let queue = DelayLadder.queue(level: level).rawValue
                try await eventually("\(expected[level]) rest in \(queue)") {
                    try await connection.inspectQueue(queue).messages == expected[level]
                }
            }
        }
    }

    @Test func asDeadLettersMayNotPassALevelTwiceTheirHeadersAreDropped() async throws {
        let scope = try await BrokerScope.shared()
        // Two levels: the broker looks whether the queue that comes next was left before by expiry.
        let route = DelayLadder.route(delaySeconds: 3, destination: .ingest)
        try await withPublisher(scope.configuration()) { publisher in
            try await withConnection(scope.configuration()) { connection in
                try await publisher.publish(.numbered(1, to: route.exchange, route.routingKey))
                let first = try await next(on: connection)
                #expect(first.properties.headers["x-death"] != nil)
                var again = Publication.numbered(1, to: route.exchange, route.routingKey)
                again.properties = first.properties
                again.properties.headers = first.properties.headers.filter { !HeaderName.isOwnedByBroker($0.key) }
                try await publisher.publish(again)
                let second = try await next(on: connection)
                #expect(second.properties.messageID == "1" && second.body == first.body)
            }
        }
    }

    private func next(on connection: AMQPConnection) async throws -> Delivery {
        var delivery: Delivery?
        try await eventually("it is through the ladder") {
            delivery = try await connection.take(QueueName.ingest.rawValue)
            return delivery != nil
        }
        return try #require(delivery)
    }

    private func expectEmptyLevels(_ scope: BrokerScope) async throws {
        try await withConnection(scope.configuration()) { connection in
            for queue in (0..<DelayLadder.levels).map(DelayLadder.queue(level:)) + [.ingest, .ingest.dead, .unroutable]
            {
                let state = try await connection.inspectQueue(queue.rawValue)
                #expect(state.messages == 0, "\(queue) is empty")
            }
        }
    }
}
