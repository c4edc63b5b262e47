/// The name of an exchange. All are durable; all but `unroutable` (fanout) are topic exchanges.
public struct ExchangeName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let requests = ExchangeName(rawValue: "repazoo.requests")
    public static let ticks = ExchangeName(rawValue: "repazoo.ticks")
    public static let events = ExchangeName(rawValue: "repazoo.events")
    /// Dead letters; the routing key is the name of the work queue they come from.
    public static let dead = ExchangeName(rawValue: "repazoo.dead")
    /// Where the delay ladder ends; see `DelayLadder`.
    public static let delayDeliver = ExchangeName(rawValue: "repazoo.delay.deliver")
    /// The alternate exchange of `delayDeliver` and `dead`.
    public static let unroutable = ExchangeName(rawValue: "repazoo.unroutable")

    public var description: String { rawValue }

    /// Whether a message that no queue takes is an error for its publisher (AMQP `mandatory`).
    ///
    /// Events are announcements: the backend binds what it wants to hear, and with nothing bound an event has no reader
    /// and no queue to fill. Everything else is work, and work without a queue must come back to its publisher.
    public var isMandatory: Bool { self != .events }
}
