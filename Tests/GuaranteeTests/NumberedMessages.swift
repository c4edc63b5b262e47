import AMQP
import Contracts
import Synchronization

extension Publication {
    /// A persistent message whose id is its number.
    static func numbered(_ number: Int, to exchange: ExchangeName, _ key: RoutingKey) -> Publication {
        var properties = AMQPProperties()
        properties.messageID = String(number)
        properties.deliveryMode = 2
        return Publication(
            exchange: exchange.rawValue, routingKey: key.rawValue, properties: properties,
            body: Array("message \(number)".utf8))
    }
}

extension AMQPPublisher {
    /// Publishes what `message` makes of each number, `tasks` at once; returns when all are confirmed.
    func publish(
        _ numbers: Range<Int>, tasks: Int, patience: Duration = .seconds(60),
        onConfirm: @Sendable @escaping (Int) -> Void = { _ in },
        _ message: @Sendable @escaping (Int) -> Publication
    ) async throws {
        try await withThrowingTaskGroup { group in
            for part in 0..<min(tasks, numbers.count) {
                group.addTask {
                    for number in stride(from: numbers.lowerBound + part, to: numbers.upperBound, by: tasks) {
                        try await self.publish(message(number), patience: patience)
                        onConfirm(number)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// When each numbered message came, from any thread.
final class Arrivals: Sendable {
    private struct Log {
        var times: [Int: [ContinuousClock.Instant]] = [:]
        var last: ContinuousClock.Instant?
        var longestGap = Duration.zero
        var total = 0
    }

    private let log = Mutex(Log())

    /// Notes a delivery; of one without a number, that it came.
    func note(_ delivery: Delivery) {
        let now = ContinuousClock.now
        let number = delivery.properties.messageID.flatMap { Int($0) } ?? -1
        log.withLock { log in
            log.times[number, default: []].append(now)
            log.total += 1
            if let last = log.last { log.longestGap = max(log.longestGap, last.duration(to: now)) }
            log.last = now
        }
    }

    var distinct: Int { log.withLock { $0.times.count } }
    var total: Int { log.withLock { $0.total } }
    /// The longest time without any delivery between the first and the last.
    var longestGap: Duration { log.withLock { $0.longestGap } }
    func times(of number: Int) -> [ContinuousClock.Instant] { log.withLock { $0.times[number] ?? [] } }
    func missing(of numbers: Range<Int>) -> [Int] { log.withLock { log in numbers.filter { log.times[$0] == nil } } }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
    /// With two places, for a line of figures.
    var figure: String { "\((inSeconds * 100).rounded() / 100) s" }
}
