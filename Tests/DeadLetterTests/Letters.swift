import AMQP
import Contracts
import Foundation

@testable import Alerting

/// Makes dead letters as they come from a dead-letter queue.
enum Letters {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let id = "0f8fad5b-d9cb-469f-a165-70867728950e"

    static func properties(
        id: String? = id, type: String? = "repazoo.ingest.v1", _ headers: AMQPTable = [:]
    ) -> AMQPProperties {
        var properties = AMQPProperties()
        properties.messageID = id
        properties.type = type
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.headers = headers
        return properties
    }

    static func read(
        _ body: String = #"{"user_id":"user-123456"}"#, id: String? = id, type: String? = "repazoo.ingest.v1",
        in consumer: ConsumerName = .ingest, _ headers: AMQPTable = [:]
    ) -> DeadLetter {
        DeadLetter(properties(id: id, type: type, headers), body: Array(body.utf8), diedIn: consumer, receivedAt: now)
    }

    /// A whole message of the ingest queue, with these headers.
    static func read(_ headers: AMQPTable) -> DeadLetter { read(#"{"user_id":"user-123456"}"#, headers) }

    /// An entry of `x-death` as RabbitMQ 3.10 writes it.
    static func death(_ queue: String, _ reason: String, at seconds: UInt64 = 1_799_999_000) -> AMQPFieldValue {
        .table([
            "count": .integer(1), "reason": .string(reason), "queue": .string(queue), "time": .timestamp(seconds),
            "exchange": "repazoo.requests", "routing-keys": .array(["ingest"]),
        ])
    }

    /// Everything of a letter that reaches the database.
    static func stored(_ letter: DeadLetter) -> String {
        [
            letter.queue.rawValue, letter.messageID?.rawValue, letter.reason.rawValue, letter.code, letter.body,
            letter.userID?.rawValue, Contracts.JSONValue.object(letter.headers).text,
        ].compactMap { $0 }.joined(separator: "\n")
    }
}
