import AMQP
import Contracts
import Topology

/// RabbitMQ: reachable, as defined, and how full.
struct BrokerExamination: Sendable {
    let configuration: AMQPConfiguration
    let management: ManagementPlugin?

    func findings() async -> [Finding] {
        do {
            let connection = try await AMQPConnection.open(configuration)
            await connection.close()
        } catch {
            return [.bad("rabbitmq", "\(CommandFault(error))", "see the broker's log; check AMQP_URL")]
        }
        return await [version()] + topology() + [queues()]
    }

    private func version() async -> Finding {
        guard let management else { return .good("rabbitmq", "takes our log-in") }
        do throws(CommandFault) {
            return .good("rabbitmq", "\(try await management.version()), takes our log-in")
        } catch {
            return .warning(
                "rabbitmq", "takes our log-in; \(error)", "correct RABBITMQ_MANAGEMENT_URL, or leave it out")
        }
    }

    private func topology() async -> [Finding] {
        do {
            let definition = try TopologyDefinition.current()
            var differences = try await TopologyVerifier(definition, on: configuration).differences()
            var bindings = BindingCheck.notChecked
            if let management, let vhost = configuration.endpoints.first?.virtualHost {
                differences += try await management.missingBindings(of: definition, vhost: vhost)
                bindings = .checked(definition.bindings.count)
            }
            guard differences.isEmpty else {
                return differences.prefix(10).map(Self.finding) + Self.more(differences.count)
            }
            let parts = "\(definition.exchanges.count) exchanges and \(definition.queues.count) queues are as defined"
            return switch bindings {
            case .checked(let count): [.good("topology", "\(parts), \(count) bindings too")]
            case .notChecked: [.good("topology", "\(parts); bindings were not checked (RABBITMQ_MANAGEMENT_URL)")]
            }
        } catch {
            return [.bad("topology", "\(CommandFault(error))", "run `repazoo topology verify`")]
        }
    }

    private static func finding(_ difference: TopologyDifference) -> Finding {
        .bad("topology", "\(difference.kind.rawValue): \(difference.name)", difference.advice)
    }

    private static func more(_ count: Int) -> [Finding] {
        count > 10 ? [.bad("topology", "and \(count - 10) more differences", "run `repazoo topology verify`")] : []
    }

    private func queues() async -> Finding {
        var (filled, graves, absent): ([String], [String], [String]) = ([], [], [])
        for queue in ConsumerName.allCases.flatMap({ [$0.queue, $0.deadQueue] }) + [.unroutable] {
            guard let state = await QueueLook.state(of: queue, on: configuration) else {
                absent.append(queue.rawValue)
                continue
            }
            if queue.isDead || queue == .unroutable {
                if state.messages > 0 { graves.append("\(queue) \(state.messages)") }
            } else {
                filled.append("\(queue) \(state.messages)")
            }
        }
        guard absent.count < 13 else { return .warning("queues", "none is there", "run `repazoo topology apply`") }
        let depths = filled.joined(separator: ", ")
        guard graves.isEmpty else {
            return .warning(
                "queues", "\(depths); dead: \(graves.joined(separator: ", "))",
                "start repazoo-alert, which stores dead letters; `repazoo dead list` tells why they died")
        }
        return .good("queues", "\(depths); no dead letters")
    }
}

/// What one queue holds, over a connection of its own: the broker closes it where there is no such queue.
enum QueueLook {
    static func state(of queue: QueueName, on configuration: AMQPConfiguration) async -> AMQPConnection.QueueState? {
        guard let connection = try? await AMQPConnection.open(configuration) else { return nil }
        let state = try? await connection.inspectQueue(queue.rawValue)
        await connection.close()
        return state
    }
}
