import Synchronization

/// The properties of a message (AMQP 0-9-1 §1.8.3) that this package uses; the others are dropped.
public struct AMQPProperties: Hashable, Sendable {
    public var contentType: String?
    public var contentEncoding: String?
    public var headers: AMQPTable = [:]
    /// 2 is persistent.
    public var deliveryMode: UInt8?
    public var correlationID: String?
    public var replyTo: String?
    /// Milliseconds as text; honoured at the head of a queue only.
    public var expiration: String?
    public var messageID: String?
    /// Seconds since 1970.
    public var timestamp: UInt64?
    public var type: String?
    public var appID: String?

    public init() {}
}

/// A message on its way to an exchange.
public struct Publication: Sendable {
    public var exchange: String
    public var routingKey: String
    public var properties: AMQPProperties
    public var body: [UInt8]
    /// An error instead of silence when no queue is bound for the routing key.
    public var isMandatory: Bool

    public init(
        exchange: String, routingKey: String, properties: AMQPProperties, body: [UInt8], isMandatory: Bool = true
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
        self.isMandatory = isMandatory
    }
}

/// A message as the broker delivered it. Nothing in it is checked yet.
public struct Delivery: Sendable {
    /// Whether the channel that brought it still stands.
    final class Lease: Sendable {
        private let ended = Atomic(false)

        var isOver: Bool { ended.load(ordering: .relaxed) }
        func end() { ended.store(true, ordering: .relaxed) }
    }

    /// Counts from 1 on each connection.
    public let tag: UInt64
    public let isRedelivered: Bool
    public let exchange: String
    public let routingKey: String
    public let properties: AMQPProperties
    public let body: [UInt8]
    let lease: Lease

    /// The connection has ended: the broker delivers it again to somebody, and whatever becomes of this copy is not heard.
    public var isStale: Bool { lease.isOver }

    /// How often it came back to its queue: by a refusal, a lost connection, a process that died. Quorum queues only.
    public var returns: Int {
        guard case .integer(let count) = properties.headers["x-delivery-count"] else { return 0 }
        return Int(clamping: count)
    }
}

/// What becomes of a delivery.
public enum Settlement: Sendable {
    case acknowledge
    /// Back to the queue; counts towards its delivery limit.
    case requeue
    /// To the queue's dead-letter exchange.
    case reject
    /// Left unsettled: it goes back to the queue when the connection closes. For a stop only.
    case abandon
}
