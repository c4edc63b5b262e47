import Foundation

/// A cluster: `PrivateServers.with([.rabbitmq], settings: PrivateServers.cluster(nodes: 3))`. Its nodes count from 1;
/// `amqpURL` lists all of them in their order, and `kill(.rabbitmq)` and its like mean all of them at once.
extension PrivateServers {
    /// Three nodes take about 20 s on two cores to come up.
    public static func cluster(nodes: Int) -> [String: String] { ["SERVERS_RABBITMQ_NODES": String(nodes)] }

    /// SIGKILL; returns when none of the node's processes is left.
    public func kill(node: Int) async throws { try await run("kill", node) }

    /// Starts a killed node on its old port and data; returns when it answers.
    public func start(node: Int) async throws { try await run("start", node) }

    public func freeze(node: Int) async throws { try await run("freeze", node) }
    public func thaw(node: Int) async throws { try await run("thaw", node) }

    /// The node that leads a quorum queue.
    ///
    /// - Throws: `ServerError` when there is no such queue, or no leader at the moment.
    public func leader(of queue: String, virtualHost: String = "/") async throws -> Int {
        guard let node = try await nodes(of: queue, virtualHost, "leader").first else {
            throw ServerError(description: "\(queue) has no leader")
        }
        return node
    }

    /// The nodes that hold a quorum queue, those that are down too.
    public func members(of queue: String, virtualHost: String = "/") async throws -> Set<Int> {
        Set(try await nodes(of: queue, virtualHost, "members"))
    }

    /// A new virtual host, and the address of all nodes with it.
    public func newVirtualHost() async throws -> (name: String, url: String) {
        let name = uniqueName("vhost")
        _ = try await rabbitmqctl("add_vhost", name)
        _ = try await rabbitmqctl("set_permissions", "-p", name, "guest", ".*", ".*", ".*")
        return (name, try amqpURL.replacing("/%2F", with: "/" + name))
    }

    private func nodes(of queue: String, _ virtualHost: String, _ column: String) async throws -> [Int] {
        let text = try await rabbitmqctl("--quiet", "--silent", "-p", virtualHost, "list_queues", "name", column)
        // A queue a line: name, tab, `rabbitmq2@localhost` or a list of such.
        let line = text.split(separator: "\n").first { $0.hasPrefix(queue + "\t") }
        guard let line else { throw ServerError(description: "there is no queue \(queue): \(text)") }
        return line.dropFirst(queue.count).matches(of: /rabbitmq([0-9])@/).compactMap { Int($0.output.1) }
    }

    private func run(_ verb: String, _ node: Int) async throws {
        _ = try await ServerScript.run([verb, "--dir", folder, "\(Server.rabbitmq.rawValue).\(node)"])
    }
}
