import AMQP
import EventLoop
import Foundation
import Synchronization

/// How fast the AMQP wrapper publishes with confirms and consumes with one acknowledgement each.
/// Usage: AMQP_URL=… amqp-bench publish|consume MESSAGES BODY_BYTES QUEUE PREFETCH
/// `publish` declares the quorum queue first. Prints one line in the form of the C yardstick, so that both can be compared in one run.
@main
struct AMQPBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let count = Int(arguments[2]), let size = Int(arguments[3]),
            let prefetch = Int(arguments[5]), let url = ProcessInfo.processInfo.environment["AMQP_URL"]
        else {
            print("usage: AMQP_URL=… amqp-bench publish|consume MESSAGES BODY_BYTES QUEUE PREFETCH")
            exit(64)
        }
        let configuration = try AMQPConfiguration(url: url, connectionName: "amqp-bench")
        let clock = ContinuousClock()
        let elapsed =
            arguments[1] == "publish"
            ? try await publish(count, size, queue: arguments[4], configuration, clock)
            : try await consume(count, queue: arguments[4], prefetch: prefetch, configuration, clock)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        print("\(arguments[1]) \(count) msgs \(seconds) s \(Int(Double(count) / seconds)) msg/s")
    }

    private static func publish(
        _ count: Int, _ size: Int, queue: String, _ configuration: AMQPConfiguration, _ clock: ContinuousClock
    ) async throws -> Duration {
        let administration = try await AMQPConnection.open(configuration)
        _ = try await administration.declareQueue(queue, arguments: ["x-queue-type": "quorum"])
        await administration.close()
        let publisher = AMQPPublisher(configuration)
        try await publisher.start(patience: .seconds(10))
        var properties = AMQPProperties()
        properties.deliveryMode = 2
        properties.contentType = "application/json"
        let message = Publication(
            exchange: "", routingKey: queue, properties: properties, body: [UInt8](repeating: 120, count: size))
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<1000 {
                group.addTask(executorPreference: EventLoop.shared) {
                    for _ in stride(from: lane, to: count, by: 1000) { try await publisher.publish(message) }
                }
            }
            try await group.waitForAll()
        }
        let elapsed = clock.now - start
        await publisher.close()
        return elapsed
    }

    private static func consume(
        _ count: Int, queue: String, prefetch: Int, _ configuration: AMQPConfiguration, _ clock: ContinuousClock
    ) async throws -> Duration {
        let seen = Atomic<Int>(0)
        let (done, finish) = AsyncStream<Void>.makeStream()
        let consumer = AMQPConsumer(configuration, queue: queue, prefetch: prefetch) { _ in
            let number = seen.add(1, ordering: .relaxed).newValue
            if number == count { finish.finish() }
            // What the prefetch brought beyond the count goes back for the next run.
            return number <= count ? .acknowledge : .abandon
        }
        let start = clock.now
        try await consumer.start(patience: .seconds(10))
        for await _ in done {}
        await consumer.stop(grace: .seconds(5))
        return clock.now - start
    }
}
