package import AMQP
package import Contracts
import EventLoop
package import Postgres
import TestKit

// What goes into a house's queues, and what became of it.
extension House {
    @discardableResult
    package func publish<Body: RequestBody>(_ request: Body, id: MessageID = .random()) async throws -> MessageID {
        try await publish(
            request.encode(), id: id.rawValue, type: Body.messageType.rawValue, key: Body.routingKey.rawValue)
        return id
    }

    package func publish(
        _ body: [UInt8], id: String?, type: String, key: String, headers: AMQPTable = [:]
    ) async throws {
        var properties = AMQPProperties()
        properties.messageID = id
        properties.type = type
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.headers = headers
        try await publisher.publish(
            Publication(exchange: "repazoo.requests", routingKey: key, properties: properties, body: body),
            patience: .seconds(120))
    }

    /// Publishes many at once, each confirmed.
    package func publish(
        _ count: Int, type: String = "repazoo.ingest.v1", key: String = "ingest",
        _ message: @escaping @Sendable (Int) -> (body: [UInt8], id: String)
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<min(count, 500) {
                group.addTask(executorPreference: EventLoop.shared) { [self] in
                    for number in stride(from: lane, to: count, by: 500) {
                        let (body, id) = message(number)
                        try await publish(body, id: id, type: type, key: key)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// The outcome in the receipt of a message, once it is there.
    package func outcome(
        of id: MessageID, at consumer: ConsumerName, within limit: Duration = .seconds(60)
    ) async throws -> String {
        var outcome: String?
        try await eventually("\(consumer) is done with \(id)", within: limit) {
            outcome = try await postgres.query(
                "select outcome from receipts where consumer = \(consumer.rawValue) and message_id = \(id.rawValue)"
            ).first?.decode(String.self, "outcome")
            return outcome != nil
        }
        return outcome ?? ""
    }

    /// The next dead letter of a consumer.
    package func deadLetter(of consumer: ConsumerName, within limit: Duration = .seconds(60)) async throws -> Delivery {
        let connection = try await AMQPConnection.open(broker)
        var letter: Delivery?
        try await eventually("a dead letter of \(consumer)", within: limit) {
            letter = try await connection.take(consumer.deadQueue.rawValue)
            return letter != nil
        }
        await connection.close()
        guard let letter else { throw HouseFault(text: "no dead letter") }
        return letter
    }

    /// Everything that lies in a queue, taken out of it.
    package func drain(_ queue: String) async throws -> [Delivery] {
        let connection = try await AMQPConnection.open(broker)
        var letters: [Delivery] = []
        while let letter = try await connection.take(queue) { letters.append(letter) }
        await connection.close()
        return letters
    }

    package func messages(in queue: String) async throws -> Int {
        let connection = try await AMQPConnection.open(broker)
        let state = try await connection.inspectQueue(queue)
        await connection.close()
        return state.messages
    }

    package func number(_ sql: SQL) async throws -> Int {
        try await postgres.query(sql).first?.decode(Int.self, at: 0) ?? 0
    }
}
