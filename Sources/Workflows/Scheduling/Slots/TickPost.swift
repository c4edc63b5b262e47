public import AMQP
public import Contracts
public import FoundationEssentials

/// A tick as it goes to the broker: mandatory, persistent, under an id that is derived from schedule and slot.
public enum TickPost {
    /// - Parameter headers: Those of a trace, if there is one.
    public static func publication(
        _ tick: Tick, to key: RoutingKey, from program: String, at now: Date, headers: AMQPTable = [:]
    ) -> Publication {
        var properties = AMQPProperties()
        properties.headers = headers
        properties.messageID = tick.messageID.rawValue
        properties.correlationID = tick.messageID.rawValue
        properties.type = Tick.messageType.rawValue
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.timestamp = UInt64(max(0, now.timeIntervalSince1970))
        properties.appID = program
        return Publication(
            exchange: ExchangeName.ticks.rawValue, routingKey: key.rawValue, properties: properties,
            body: tick.encode(),
            isMandatory: ExchangeName.ticks.isMandatory)
    }
}
