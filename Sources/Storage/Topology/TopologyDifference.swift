/// One way in which a broker differs from the definition, and what to do about it.
public struct TopologyDifference: Codable, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: String, Codable, Sendable {
        case missingExchange = "missing_exchange"
        case missingQueue = "missing_queue"
        case missingBinding = "missing_binding"
        /// Exists with another type, durability or other arguments.
        case otherExchange = "other_exchange"
        case otherQueue = "other_queue"
        /// The user may not declare it, so nothing is known or done.
        case forbidden
        case unreadable
    }

    public let kind: Kind
    /// The name of the exchange or queue; for a binding `source → destination [key]`.
    public let name: String
    public let advice: String

    public var description: String { "\(kind.words): \(name); \(advice)" }
}

extension TopologyDifference.Kind {
    var words: String {
        switch self {
        case .missingExchange: "exchange missing"
        case .missingQueue: "queue missing"
        case .missingBinding: "binding missing"
        case .otherExchange: "exchange differs"
        case .otherQueue: "queue differs"
        case .forbidden: "not permitted"
        case .unreadable: "cannot be checked"
        }
    }
}

extension TopologyDifference {
    static func missing(_ exchange: TopologyDefinition.Exchange) -> Self {
        Self(kind: .missingExchange, name: exchange.name, advice: "run `repazoo topology apply`")
    }

    static func missing(_ queue: TopologyDefinition.Queue) -> Self {
        Self(kind: .missingQueue, name: queue.name, advice: "run `repazoo topology apply`")
    }

    static func missing(_ binding: TopologyDefinition.Binding) -> Self {
        Self(kind: .missingBinding, name: binding.label, advice: "run `repazoo topology apply`")
    }

    static func other(_ exchange: TopologyDefinition.Exchange) -> Self {
        Self(
            kind: .otherExchange, name: exchange.name,
            advice:
                "it exists with another type or other arguments, which the broker never changes: delete the exchange "
                + "(its bindings go with it) and run `repazoo topology apply` at once; wanted: \(exchange.wish)")
    }

    static func other(_ queue: TopologyDefinition.Queue) -> Self {
        Self(
            kind: .otherQueue, name: queue.name,
            advice:
                "it exists with other arguments, which the broker never changes: stop its publishers, let its consumers "
                + "empty it, delete it and run `repazoo topology apply`; wanted: \(queue.wish)")
    }

    static func forbidden(_ name: String) -> Self {
        Self(
            kind: .forbidden, name: name,
            advice: "the user in AMQP_URL needs the right to configure it (and to write to its dead-letter exchange)")
    }
}

extension TopologyDefinition.Binding {
    var label: String { "\(source) → \(destinationType.rawValue) \(destination) [\(routingKey)]" }
}

extension TopologyDefinition.Exchange {
    var wish: String { ([("type", type.rawValue), ("durable", "\(durable)")] + pairs(arguments)).spelled }
}

extension TopologyDefinition.Queue {
    var wish: String { ([("durable", "\(durable)")] + pairs(arguments)).spelled }
}

private func pairs(_ arguments: [String: TopologyArgument]?) -> [(String, String)] {
    (arguments ?? [:]).sorted { $0.key < $1.key }.map { name, value in
        switch value {
        case .string(let text): (name, text)
        case .integer(let number): (name, "\(number)")
        case .boolean(let flag): (name, "\(flag)")
        }
    }
}

extension [(String, String)] {
    fileprivate var spelled: String { map { "\($0.0)=\($0.1)" }.joined(separator: " ") }
}
