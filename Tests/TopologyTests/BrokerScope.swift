import AMQP
import FoundationEssentials
import TestKit

@testable import Topology

/// This release's topology under names of its own on the shared broker, gone afterwards.
struct BrokerScope: Sendable {
    let prefix: String
    let definition: TopologyDefinition
    let broker: AMQPConfiguration

    /// The ingest queue with its dead letters and the two lowest levels of the ladder: a quorum queue takes its time to make.
    private static let parts = [
        "requests", "dead", "unroutable", "ingest", "ingest.dead", "delay.01", "delay.00", "delay.deliver",
    ]

    static func with(_ body: (BrokerScope) async throws -> Void) async throws {
        let prefix = uniqueName("t")
        let text = String(decoding: TopologyDefinition.currentJSON, as: UTF8.self)
            .replacingOccurrences(of: "repazoo.", with: "\(prefix).")
        let definition = try Self.small(try TopologyDefinition.decode(Array(text.utf8)), prefix)
        let broker = try AMQPConfiguration(url: SharedServers.address(of: .rabbitmq), connectionName: "topology-tests")
        let scope = BrokerScope(prefix: prefix, definition: definition, broker: broker)
        do { try await body(scope) } catch {
            try? await scope.remove()
            throw error
        }
        try await scope.remove()
    }

    func name(_ rest: String) -> String { "\(prefix).\(rest)" }

    func connected<T: Sendable>(_ body: (AMQPConnection) async throws -> T) async throws -> T {
        let connection = try await AMQPConnection.open(broker)
        do {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func small(_ all: TopologyDefinition, _ prefix: String) throws -> TopologyDefinition {
        let kept = parts.map { "\(prefix).\($0)" }
        return try TopologyDefinition(
            exchanges: all.exchanges.filter { kept.contains($0.name) },
            queues: all.queues.filter { kept.contains($0.name) },
            bindings: all.bindings.filter { kept.contains($0.source) && kept.contains($0.destination) })
    }

    private func remove() async throws {
        try await connected { connection in
            for queue in definition.queues { try await connection.deleteQueue(queue.name) }
            for exchange in definition.exchanges { try await connection.deleteExchange(exchange.name) }
        }
    }
}
