public import AMQP

/// Declares a definition over AMQP: what is missing is made, what is there stays, nothing is ever deleted or changed.
/// Applying twice, or from several processes at once, comes to the same.
public struct TopologyApplier: Sendable {
    public struct Report: Equatable, Sendable {
        /// Declared and there now, whether it was there before or not.
        public let exchanges: Int
        public let queues: Int
        public let bindings: Int
        /// What exists otherwise than defined, or may not be declared. Everything else was declared all the same.
        public let differences: [TopologyDifference]
    }

    private let definition: TopologyDefinition
    private let configuration: AMQPConfiguration

    public init(_ definition: TopologyDefinition, on configuration: AMQPConfiguration) {
        self.definition = definition
        self.configuration = configuration
    }

    /// Throws `AMQPError` when the broker cannot be reached or goes away.
    public func apply() async throws -> Report {
        let desk = BrokerDesk(configuration)
        do {
            let report = try await apply(at: desk)
            await desk.close()
            return report
        } catch {
            await desk.close()
            throw error
        }
    }

    /// Exchanges come first, since queues name them as dead-letter exchanges; bindings need both.
    private func apply(at desk: BrokerDesk) async throws -> Report {
        var differences: [TopologyDifference] = []
        var (exchanges, queues, bindings) = (0, 0, 0)
        for exchange in definition.exchanges {
            switch try await desk.ask({ try await $0.declare(exchange) }) {
            case .yes: exchanges += 1
            case .forbidden: differences.append(.forbidden(exchange.name))
            case .other, .missing: differences.append(.other(exchange))
            }
        }
        for queue in definition.queues {
            switch try await desk.ask({ try await $0.declare(queue) }) {
            case .yes: queues += 1
            case .forbidden: differences.append(.forbidden(queue.name))
            case .other, .missing: differences.append(.other(queue))
            }
        }
        for binding in definition.bindings {
            switch try await desk.ask({ try await $0.declare(binding) }) {
            case .yes: bindings += 1
            case .forbidden: differences.append(.forbidden(binding.label))
            // An end of it could not be declared, and was reported above.
            case .other, .missing: differences.append(.missing(binding))
            }
        }
        return Report(exchanges: exchanges, queues: queues, bindings: bindings, differences: differences)
    }
}

extension AMQPConnection {
    nonisolated func declare(_ exchange: TopologyDefinition.Exchange, passive: Bool = false) async throws {
        try await declareExchange(
            exchange.name, type: exchange.type.rawValue, durable: exchange.durable,
            internal: exchange.isInternal ?? false,
            passive: passive, arguments: exchange.arguments?.table ?? [:])
    }

    nonisolated func declare(_ queue: TopologyDefinition.Queue) async throws {
        _ = try await declareQueue(queue.name, durable: queue.durable, arguments: queue.arguments?.table ?? [:])
    }

    nonisolated func declare(_ binding: TopologyDefinition.Binding) async throws {
        let arguments = binding.arguments?.table ?? [:]
        switch binding.destinationType {
        case .queue:
            try await bindQueue(binding.destination, to: binding.source, key: binding.routingKey, arguments: arguments)
        case .exchange:
            try await bindExchange(
                binding.destination, to: binding.source, key: binding.routingKey, arguments: arguments)
        }
    }
}
