import AMQP
import Contracts

/// A queue of our own on `repazoo.events`: exclusive, so it goes with the connection.
struct EventEar: Sendable {
    private let connection: AMQPConnection
    private let queue: String

    init(_ broker: AMQPConfiguration) async throws {
        connection = try await AMQPConnection.open(broker)
        queue = try await connection.declareQueue("", durable: false, exclusive: true).name
        try await connection.bindQueue(queue, to: ExchangeName.events.rawValue, key: "#")
    }

    /// What was announced so far, once.
    func heard() async throws -> [Event] {
        var events: [Event] = []
        while let delivery = try await connection.take(queue) {
            if let event = try? Event.decode(delivery.body) { events.append(event) }
        }
        return events
    }

    func close() async { await connection.close() }
}
