/// A routing key on one of the topic exchanges.
public struct RoutingKey: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    // On `ExchangeName.requests`.
    public static let ingest = RoutingKey(rawValue: "ingest")
    public static let analyze = RoutingKey(rawValue: "analyze")
    public static let export = RoutingKey(rawValue: "export")
    public static let erase = RoutingKey(rawValue: "erase")

    // On `ExchangeName.ticks`.
    public static let retention = RoutingKey(rawValue: "retention")
    public static let monitor = RoutingKey(rawValue: "monitor")

    /// On `ExchangeName.events`: the event's name.
    public static func event(_ name: EventName) -> RoutingKey { RoutingKey(rawValue: name.rawValue) }

    /// On `ExchangeName.dead`: the work queue's name.
    public static func dead(_ queue: QueueName) -> RoutingKey { RoutingKey(rawValue: queue.rawValue) }

    public var description: String { rawValue }
}
