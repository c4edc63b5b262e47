/// The name of a queue. CONTRACT spelling; a renamed queue strands what lies in the old one.
public struct QueueName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let ingest = QueueName(rawValue: "repazoo.ingest")
    public static let analyze = QueueName(rawValue: "repazoo.analyze")
    public static let export = QueueName(rawValue: "repazoo.export")
    public static let retention = QueueName(rawValue: "repazoo.retention")
    public static let monitor = QueueName(rawValue: "repazoo.monitor")
    public static let alert = QueueName(rawValue: "repazoo.alert")

    /// Where messages land whose delay is over but whose destination the broker does not know. Nobody consumes it; a
    /// message there is an operator's mistake in the topology.
    public static let unroutable = QueueName(rawValue: "repazoo.unroutable")

    /// The queue's dead-letter queue. Asking a dead-letter queue for its own dead-letter queue gives it itself.
    public var dead: QueueName {
        isDead ? self : QueueName(rawValue: rawValue + Self.deadSuffix)
    }

    public var isDead: Bool { rawValue.hasSuffix(Self.deadSuffix) }

    public var description: String { rawValue }

    private static let deadSuffix = ".dead"
}
