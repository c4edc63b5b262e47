import AMQP
import Contracts
import FoundationEssentials

/// A request as it goes to the broker: mandatory, persistent, confirmed.
struct WorkRequest: Sendable {
    let routingKey: RoutingKey
    let type: MessageType
    let body: [UInt8]
    /// Whose receipt tells that it is done.
    let consumer: ConsumerName

    init<Body: RequestBody>(_ request: Body, _ consumer: ConsumerName) {
        routingKey = Body.routingKey
        type = Body.messageType
        body = request.encode()
        self.consumer = consumer
    }

    func publication(id: MessageID, at time: Date) -> Publication {
        var properties = AMQPProperties()
        properties.messageID = id.rawValue
        properties.correlationID = id.rawValue
        properties.type = type.rawValue
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.timestamp = UInt64(max(0, time.timeIntervalSince1970))
        properties.appID = CommandServers.program
        return Publication(
            exchange: ExchangeName.requests.rawValue, routingKey: routingKey.rawValue, properties: properties,
            body: body,
            isMandatory: true)
    }

    /// Returns once the broker has taken it in for good.
    func publish(under id: MessageID, to broker: AMQPConfiguration) async throws {
        let publisher = AMQPPublisher(broker)
        do {
            try await publisher.start(patience: .seconds(5))
            try await publisher.publish(publication(id: id, at: Date()), patience: .seconds(20))
            await publisher.close()
        } catch let error as AMQPError where error.kind == .unroutable || error.kind == .closedByBroker(code: 404) {
            await publisher.close()
            throw CommandFault("no queue takes \(routingKey) on \(ExchangeName.requests): run `repazoo topology apply`")
        } catch {
            await publisher.close()
            throw error
        }
    }
}
