import AMQP
import Alerts
import Bootstrap
import Contracts
import FoundationEssentials
import Logging

/// One look at all queues: over AMQP (ready messages and consumers), or by the management plugin, which also counts what is
/// delivered and unacknowledged, and knows the alarms of the nodes.
struct BrokerSurvey: Sendable {
    struct Queue: Equatable, Sendable {
        let messages: Int
        let consumers: Int
    }

    struct Result: Equatable, Sendable {
        /// A queue that is not there is missing.
        var queues: [String: Queue] = [:]
        /// Alarms of nodes, as subjects.
        var alarms: [String] = []
    }

    let broker: AMQPConfiguration
    let management: ManagementAPI?
    let logger: Logger

    private static let names = ConsumerName.allCases.flatMap { [$0.queue.rawValue, $0.deadQueue.rawValue] }

    func look() async throws -> Result {
        if let management {
            do { return try await ask(management) } catch {
                logger.warning(
                    "the management plugin does not answer; the broker is asked over AMQP",
                    metadata: ["error": "\(error)"])
            }
        }
        return try await declare()
    }

    /// Passive declarations. One of a missing queue costs the connection.
    private func declare() async throws -> Result {
        var result = Result()
        var connection = try await AMQPConnection.open(broker)
        for name in Self.names {
            do {
                let state = try await connection.inspectQueue(name)
                result.queues[name] = Queue(messages: state.messages, consumers: state.consumers)
            } catch let error as AMQPError where error.kind == .closedByBroker(code: 404) {
                connection = try await AMQPConnection.open(broker)
            }
        }
        await connection.close()
        return result
    }

    private func ask(_ management: ManagementAPI) async throws -> Result {
        var result = Result()
        let vhost = management.path(component: broker.endpoints.first?.virtualHost ?? "/")
        let queues = try await management.array("/api/queues/\(vhost)?columns=name,messages,consumers")
        for queue in queues {
            guard let name = queue["name"]?.string, Self.names.contains(name) else { continue }
            // Statistics lag behind: a queue that was just declared has none.
            result.queues[name] = Queue(
                messages: Int(queue["messages"]?.integer ?? 0), consumers: Int(queue["consumers"]?.integer ?? 0))
        }
        for node in try await management.array("/api/nodes?columns=name,mem_alarm,disk_free_alarm,running") {
            let name = node["name"]?.string.map { String($0.prefix(80)) } ?? "node"
            if case .bool(true) = node["mem_alarm"] { result.alarms.append("rabbitmq memory alarm \(name)") }
            if case .bool(true) = node["disk_free_alarm"] { result.alarms.append("rabbitmq disk alarm \(name)") }
            if case .bool(false) = node["running"] { result.alarms.append("rabbitmq node down \(name)") }
        }
        return result
    }
}
