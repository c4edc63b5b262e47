public import AMQP

/// Compares a broker with a definition and changes nothing.
public struct TopologyVerifier: Sendable {
    private let definition: TopologyDefinition
    private let configuration: AMQPConfiguration

    public init(_ definition: TopologyDefinition, on configuration: AMQPConfiguration) {
        self.definition = definition
        self.configuration = configuration
    }

    /// Exchanges and queues, in the order of the definition. AMQP cannot list bindings: see `missingBindings`.
    ///
    /// Throws `AMQPError` when the broker cannot be reached or goes away.
    public func differences() async throws -> [TopologyDifference] {
        let desk = BrokerDesk(configuration)
        do {
            let found = try await differences(at: desk)
            await desk.close()
            return found
        } catch {
            await desk.close()
            throw error
        }
    }

    private func differences(at desk: BrokerDesk) async throws -> [TopologyDifference] {
        var found: [TopologyDifference] = []
        for exchange in definition.exchanges {
            switch try await desk.ask({ try await $0.declare(exchange, passive: true) }) {
            case .missing: found.append(.missing(exchange))
            case .forbidden: found.append(.forbidden(exchange.name))
            case .other: found.append(.other(exchange))
            // Only now is it safe to declare it: what exists is compared, not made.
            case .yes:
                switch try await desk.ask({ try await $0.declare(exchange) }) {
                case .yes: break
                case .forbidden: found.append(.forbidden(exchange.name))
                case .other, .missing: found.append(.other(exchange))
                }
            }
        }
        for queue in definition.queues {
            switch try await desk.ask({ _ = try await $0.inspectQueue(queue.name) }) {
            case .missing: found.append(.missing(queue))
            case .forbidden: found.append(.forbidden(queue.name))
            case .other: found.append(.other(queue))
            case .yes:
                switch try await desk.ask({ try await $0.declare(queue) }) {
                case .yes: break
                case .forbidden: found.append(.forbidden(queue.name))
                case .other, .missing: found.append(.other(queue))
                }
            }
        }
        return found
    }

    /// The bindings that the broker lacks, going by the answer of the management plugin to `GET /api/bindings/<vhost>`.
    /// Bindings that are there beyond the definition are no difference: the backend binds queues of its own.
    public static func missingBindings(
        of definition: TopologyDefinition, inListing body: [UInt8]
    ) throws(InvalidTopology) -> [TopologyDifference] {
        let present = try BindingListing.decode(body)
        return definition.bindings.filter { !present.contains(BindingListing.Entry($0)) }.map(
            TopologyDifference.missing)
    }
}
