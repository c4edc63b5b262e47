public import AMQP
public import Alerting
import Contracts

/// The broker has no way to a queue of ours.
public struct MissingRoute: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Brings replayed messages to the broker, all of a batch under way at once.
public actor ReplayPost {
    private static let patience = Duration.seconds(20)

    private let broker: AMQPConfiguration
    private let publisher: AMQPPublisher
    private var knownQueues: Set<QueueName> = []

    public init(_ broker: AMQPConfiguration) {
        self.broker = broker
        publisher = AMQPPublisher(broker)
    }

    public func open() async throws { try await publisher.start(patience: .seconds(5)) }

    public func close() async { await publisher.close() }

    /// Returns when the broker has taken all of them for good; throws when it has not taken one.
    public func send(_ messages: [ReplayedMessage]) async throws {
        for queue in Set(messages.map(\.queue)).subtracting(knownQueues) {
            try await look(at: queue)
            knownQueues.insert(queue)
        }
        let publisher = publisher
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for message in messages {
                    group.addTask { try await publisher.publish(message.publication, patience: Self.patience) }
                }
                try await group.waitForAll()
            }
        } catch let error as AMQPError where error.kind == .unroutable || error.kind == .closedByBroker(code: 404) {
            throw MissingRoute("the broker has no way to the queue: run `repazoo topology apply`")
        }
    }

    /// A message to a queue that is missing would not come back: the exchange has an alternate for what it cannot
    /// route.
    private func look(at queue: QueueName) async throws {
        let connection = try await AMQPConnection.open(broker)
        do {
            _ = try await connection.inspectQueue(queue.rawValue)
            await connection.close()
        } catch let error as AMQPError where error.kind == .closedByBroker(code: 404) {
            await connection.close()
            throw MissingRoute("\(queue) is not there: run `repazoo topology apply`")
        } catch {
            await connection.close()
            throw error
        }
    }
}
