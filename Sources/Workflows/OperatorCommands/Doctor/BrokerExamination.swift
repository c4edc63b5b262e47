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
        return await [version()] + WireExamination.findings(configuration) + alarms() + topology() + queues()
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

    private func alarms() async -> [Finding] {
        guard let management, let nodes = try? await management.nodes() else { return [] }
        return nodes.flatMap { node -> [Finding] in
            var findings: [Finding] = []
            if !node.isRunning {
                findings.append(
                    .bad("rabbitmq", "node \(node.name) does not run", "start it: quorum queues need a majority"))
            }
            if node.hasMemoryAlarm {
                findings.append(
                    .bad(
                        "rabbitmq", "node \(node.name) is short of memory and takes nothing",
                        "see what fills its queues; give it more memory"))
            }
            if node.hasDiskAlarm {
                findings.append(
                    .bad("rabbitmq", "node \(node.name) is short of disk and takes nothing", "make room on its disk"))
            }
            return findings
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

    private func queues() async -> [Finding] {
        var states: [(queue: QueueName, state: AMQPConnection.QueueState?)] = []
        for queue in ConsumerName.allCases.flatMap({ [$0.queue, $0.deadQueue] }) + [.unroutable] {
            states.append((queue, await QueueLook.state(of: queue, on: configuration)))
        }
        let there = states.compactMap { queue, state in state.map { (queue: queue, state: $0) } }
        guard !there.isEmpty else { return [.warning("queues", "none is there", "run `repazoo topology apply`")] }
        return QueueJudgement.findings(there)
    }
}

/// What the depths of queues say.
enum QueueJudgement {
    /// Of requests that wait, so many are more than a consumer works off in a minute or two.
    private static let many = 10_000

    static func findings(_ queues: [(queue: QueueName, state: AMQPConnection.QueueState)]) -> [Finding] {
        let work = queues.filter { !$0.queue.isDead && $0.queue != .unroutable }
        let depths = work.map { "\($0.queue) \($0.state.messages)" }.joined(separator: ", ")
        return [.good("queues", depths)] + work.compactMap(judge) + graves(queues)
    }

    private static func judge(_ queue: QueueName, _ state: AMQPConnection.QueueState) -> Finding? {
        let program = "repazoo-" + queue.rawValue.dropFirst("repazoo.".count)
        if state.messages > 0, state.consumers == 0 {
            return .warning(
                "queues", "\(Plain.count(state.messages, "message")) in \(queue), and nobody consumes it",
                "start \(program)")
        }
        guard state.messages > many else { return nil }
        return .warning(
            "queues", "\(state.messages) messages wait in \(queue) for \(Plain.count(state.consumers, "consumer"))",
            "start more of \(program); compose/SCALING.md tells how many help")
    }

    private static func graves(_ queues: [(queue: QueueName, state: AMQPConnection.QueueState)]) -> [Finding] {
        let dead = queues.filter { $0.queue.isDead && $0.state.messages > 0 }.map { "\($0.queue) \($0.state.messages)" }
        let lost = queues.first { $0.queue == .unroutable && $0.state.messages > 0 }
        var findings: [Finding] = []
        if dead.isEmpty {
            findings.append(.good("queues", "no dead letters wait in the broker"))
        } else {
            findings.append(
                .warning(
                    "queues", "dead: \(dead.joined(separator: ", "))",
                    "start repazoo-alert, which stores dead letters; `repazoo dead list` tells why they died"))
        }
        if let lost {
            findings.append(
                .warning(
                    "queues",
                    "\(Plain.count(lost.state.messages, "message")) in \(lost.queue): nothing was bound where they went",
                    "`repazoo topology verify`, then move them by hand (`rabbitmqadmin get`)"))
        }
        return findings
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
