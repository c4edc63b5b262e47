import Foundation

/// New virtual hosts of the shared broker, made several at once: the tool that makes them takes longer to start than the broker to
/// make one. In each of them the broker copies what passes our exchanges into a queue, `MessageTap`.
actor VirtualHosts {
    static let shared = VirtualHosts()
    private static let atOnce = 12

    private var ready: [String] = []

    func next() async throws -> String {
        // Who waits for the tool may find that another took all of them.
        while ready.isEmpty { ready += try await Self.made(Self.atOnce) }
        return ready.removeLast()
    }

    /// Each with the users that the broker began with, and their rights.
    private static func made(_ count: Int) async throws -> [String] {
        guard let folder = ProcessInfo.processInfo.environment["REPAZOO_SERVERS_DIR"],
            let users = try? Data(contentsOf: URL(filePath: folder + "/data/rabbitmq/users.json")),
            var definitions = try? JSONSerialization.jsonObject(with: users) as? [String: Any]
        else { throw ServerError(description: "run the suite with make test") }
        let names = (0..<count).map { _ in uniqueName("vhost") }
        definitions["vhosts"] = names.map { ["name": $0] }
        definitions["queues"] = names.map(MessageTap.queue(in:))
        definitions["bindings"] = names.flatMap(MessageTap.bindings(in:))
        for kind in ["permissions", "topic_permissions"] {
            let rights = definitions[kind] as? [[String: Any]] ?? []
            definitions[kind] = names.flatMap { name in rights.map { $0.merging(["vhost": name]) { $1 } } }
        }
        let file = folder + "/\(names[0]).json"
        try JSONSerialization.data(withJSONObject: definitions).write(to: URL(filePath: file))
        _ = try await ServerScript.run(["rabbitmqctl", "--dir", folder, "--", "eval", Self.erlang(importing: file)])
        return names
    }

    /// Imports definitions and has every virtual host but the default one traced. Not by the definitions' own `tracing`: RabbitMQ 3.10
    /// imports virtual hosts side by side, and their switches overwrite each other.
    private static func erlang(importing file: String) -> String {
        """
        {ok, Text} = file:read_file("\(file)"), ok = rabbit_definitions:import_raw(Text),
        ok = application:set_env(rabbit, trace_vhosts, lists:delete(<<"/">>, rabbit_vhost:list_names())),
        rabbit_channel:refresh_config_local().
        """
    }
}
