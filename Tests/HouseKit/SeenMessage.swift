package import AMQP
import Contracts
import TestKit

/// A message as it passed one of our exchanges, whoever published it.
package struct SeenMessage: Sendable {
    package let exchange: String
    package let key: String
    /// As whom its publisher was logged in.
    package let user: String
    package let properties: AMQPTable
    package let body: [UInt8]

    package init(exchange: String, key: String, user: String, properties: AMQPTable, body: [UInt8]) {
        self.exchange = exchange
        self.key = key
        self.user = user
        self.properties = properties
        self.body = body
    }

    /// From what the broker's tracing tells (https://www.rabbitmq.com/docs/firehose).
    private init?(_ trace: Delivery) {
        let headers = trace.properties.headers
        guard let exchange = headers["exchange_name"]?.string, case .array(let keys)? = headers["routing_keys"],
            let key = keys.first?.string, case .table(let properties)? = headers["properties"]
        else { return nil }
        self.init(
            exchange: exchange, key: key, user: headers["user"]?.string ?? "", properties: properties, body: trace.body)
    }

    /// What passed since the last call. The broker must be one of `SharedServers.newVirtualHost`.
    package static func take(from broker: AMQPConfiguration) async throws -> [SeenMessage] {
        let connection = try await AMQPConnection.open(broker)
        var messages: [SeenMessage] = []
        while let trace = try await connection.take(MessageTap.name) {
            if let message = SeenMessage(trace) { messages.append(message) }
        }
        await connection.close()
        return messages
    }

    package var type: String { properties["type"]?.string ?? "" }

    /// Published by a program of ours, and not by a test in its own name. A test of rights logs in as a program, and its messages
    /// have no type.
    package var isOurs: Bool {
        properties["app_id"]?.string?.hasPrefix("repazoo") == true || user != "guest" && !type.isEmpty
    }

    /// Whether a consumer can read it.
    package var isTaken: Bool {
        do throws(InvalidMessage) {
            switch MessageType(rawValue: type) {
            case .ingest: _ = try IngestRequest.decode(body)
            case .analyze: _ = try AnalyzeRequest.decode(body)
            case .export: _ = try ExportRequest.decode(body)
            case .erase: _ = try EraseRequest.decode(body)
            case .tick: _ = try Tick.decode(body)
            case .event: _ = try Event.decode(body)
            default: return false
            }
            return true
        } catch { return false }
    }
}
