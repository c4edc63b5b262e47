/// A message that a finished job will publish: recorded in the job's receipt in the same transaction as its effects, so
/// that a crash before publishing loses nothing, and a second announcement is byte for byte the first.
public struct FollowUp: Equatable, Sendable {
    public let exchange: ExchangeName
    public let routingKey: RoutingKey
    public let type: MessageType
    public let body: [UInt8]
    /// Distinguishes the follow-ups of one cause. Never derived from anything that may change between two attempts.
    public let name: String

    public init(exchange: ExchangeName, routingKey: RoutingKey, type: MessageType, body: [UInt8], name: String) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.type = type
        self.body = body
        self.name = name
    }

    /// `name` is needed only when one job follows up with several requests of one type.
    public init<Body: RequestBody>(_ request: Body, name: String = Body.messageType.rawValue) {
        self.init(
            exchange: .requests, routingKey: Body.routingKey, type: Body.messageType, body: request.encode(), name: name
        )
    }

    /// `name` is needed only when one job announces several events of one name.
    public init(_ event: Event, name: String? = nil) {
        self.init(
            exchange: .events, routingKey: .event(event.event), type: .event, body: event.encode(),
            name: name ?? event.event.rawValue)
    }

    /// The id it is published under, the same each time.
    public func messageID(cause: MessageID) -> MessageID { .derived(from: cause, name: name) }

    /// Whether a return by the broker is an error. See `ExchangeName.isMandatory`.
    public var isMandatory: Bool { exchange.isMandatory }
}

/// Prints where it goes, never its body.
extension FollowUp: CustomStringConvertible, CustomReflectable {
    public var description: String { "\(type) to \(exchange)/\(routingKey)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
