import AMQP
import Contracts
import FoundationEssentials

/// Publishes a request in the console's name: mandatory, persistent, confirmed.
struct ConsolePost: Sendable {
    private let broker: AMQPConfiguration

    init(_ broker: AMQPConfiguration) { self.broker = broker }

    func send(_ request: some Contracts.RequestBody, under id: MessageID, at now: Date) async throws {
        try await send(
            request.encode(), type(of: request).messageType, to: .requests, type(of: request).routingKey, under: id,
            at: now)
    }

    func send(
        _ body: [UInt8], _ type: MessageType, to exchange: ExchangeName, _ key: RoutingKey, under id: MessageID,
        at now: Date
    ) async throws {
        var properties = AMQPProperties()
        properties.messageID = id.rawValue
        properties.correlationID = id.rawValue
        properties.type = type.rawValue
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.timestamp = UInt64(max(0, now.timeIntervalSince1970))
        properties.appID = "repazoo-console"
        try await send(
            Publication(
                exchange: exchange.rawValue, routingKey: key.rawValue, properties: properties, body: body,
                isMandatory: true))
    }

    func send(_ publication: Publication) async throws {
        let publisher = AMQPPublisher(broker)
        do {
            try await publisher.start(patience: .seconds(5))
            try await publisher.publish(publication, patience: .seconds(10))
            await publisher.close()
        } catch {
            await publisher.close()
            throw error
        }
    }
}
