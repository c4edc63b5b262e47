import AMQP
package import Contracts

extension House {
    /// Publishes a tick as the scheduler does.
    @discardableResult
    package func publish(
        _ tick: Tick, key: String = "retention", id: MessageID = .random()
    ) async throws -> MessageID {
        var properties = AMQPProperties()
        properties.messageID = id.rawValue
        properties.type = Tick.messageType.rawValue
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        try await publisher.publish(
            Publication(
                exchange: "repazoo.ticks", routingKey: key, properties: properties, body: tick.encode(),
                isMandatory: true), patience: .seconds(120))
        return id
    }
}
