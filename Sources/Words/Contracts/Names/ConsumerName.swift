/// The six consumers: who reads which queue, and what may lie in it.
public enum ConsumerName: String, CaseIterable, Sendable, CustomStringConvertible {
    case ingest, analyze, export, retention, monitor, alert

    public var queue: QueueName {
        switch self {
        case .ingest: .ingest
        case .analyze: .analyze
        case .export: .export
        case .retention: .retention
        case .monitor: .monitor
        case .alert: .alert
        }
    }

    public var deadQueue: QueueName { queue.dead }

    /// Any other type in the queue is dead-lettered as `invalid_message`.
    public var acceptedTypes: [MessageType] {
        switch self {
        case .ingest: [.ingest]
        case .analyze: [.analyze]
        case .export: [.export]
        case .retention: [.tick, .erase]
        case .monitor: [.tick]
        case .alert: [.event]
        }
    }

    /// The executable, and the `app_id` of what it publishes.
    public var program: String { "repazoo-" + rawValue }

    public var description: String { rawValue }
}
