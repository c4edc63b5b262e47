import AMQP
import TestKit
import Testing
import Topology

/// This release's topology in a virtual host of its own, on the shared broker or on private ones.
struct BrokerScope: Sendable {
    /// Of one node, or of all nodes of a cluster.
    let url: String
    let virtualHost: String

    static func shared() async throws -> BrokerScope {
        let url = try await SharedServers().newVirtualHost()
        return try await BrokerScope(url: url, virtualHost: String(url.split(separator: "/").last ?? "")).applied()
    }

    static func on(_ servers: PrivateServers) async throws -> BrokerScope {
        let host = try await servers.newVirtualHost()
        return try await BrokerScope(url: host.url, virtualHost: host.name).applied()
    }

    func applyTopology() async throws {
        let report = try await TopologyApplier(.current(), on: configuration("topology")).apply()
        try #require(report.differences.isEmpty)
    }

    func configuration(_ name: String = #function) throws -> AMQPConfiguration {
        try AMQPConfiguration(url: url, connectionName: name)
    }

    /// The nodes' list begins with `node`: clients go there first.
    func first(_ node: Int, _ name: String = #function) throws -> AMQPConfiguration {
        var configuration = try configuration(name)
        configuration.endpoints.rotate(toStartAt: node - 1)
        return configuration
    }

    private func applied() async throws -> BrokerScope {
        try await applyTopology()
        return self
    }
}

extension Array {
    fileprivate mutating func rotate(toStartAt index: Int) { self = Array(self[index...] + self[..<index]) }
}

func withConnection<Result>(
    _ configuration: AMQPConfiguration, _ body: (AMQPConnection) async throws -> Result
) async throws -> Result {
    let connection = try await AMQPConnection.open(configuration)
    do {
        let result = try await body(connection)
        await connection.close()
        return result
    } catch {
        await connection.close()
        throw error
    }
}

func withPublisher<Result>(
    _ configuration: AMQPConfiguration,
    onAvailabilityChange: @escaping @Sendable (AMQPPublisher.Availability) -> Void = { _ in },
    _ body: (AMQPPublisher) async throws -> Result
) async throws -> Result {
    let publisher = AMQPPublisher(configuration, onAvailabilityChange: onAvailabilityChange)
    try await publisher.start(patience: .seconds(20))
    do {
        let result = try await body(publisher)
        await publisher.close()
        return result
    } catch {
        await publisher.close()
        throw error
    }
}

func withConsumer<Result>(
    of queue: String, _ configuration: AMQPConfiguration, prefetch: Int = 100,
    onAvailabilityChange: @escaping @Sendable (AMQPConsumer.Availability) -> Void = { _ in },
    handler: @escaping AMQPConsumer.Handler, _ body: (AMQPConsumer) async throws -> Result
) async throws -> Result {
    let consumer = AMQPConsumer(
        configuration, queue: queue, prefetch: prefetch, onAvailabilityChange: onAvailabilityChange, handler: handler)
    try await consumer.start(patience: .seconds(20))
    do {
        let result = try await body(consumer)
        await consumer.stop(grace: .seconds(10))
        return result
    } catch {
        await consumer.stop(grace: .zero)
        throw error
    }
}
