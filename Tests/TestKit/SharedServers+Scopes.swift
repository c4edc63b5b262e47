import FoundationEssentials

extension SharedServers {
    /// The address of a new virtual host of the shared broker, for a test whose queues have fixed names.
    public func newVirtualHost() async throws -> String {
        let name = uniqueName("vhost")
        guard let folder = ProcessInfo.processInfo.environment["REPAZOO_SERVERS_DIR"],
            let slash = amqpURL.lastIndex(of: "/")
        else { throw ServerError(description: "run the suite with make test") }
        _ = try await ServerScript.run(["rabbitmqctl", "--dir", folder, "--", "add_vhost", name])
        _ = try await ServerScript.run(
            ["rabbitmqctl", "--dir", folder, "--", "set_permissions", "-p", name, "guest", ".*", ".*", ".*"])
        return String(amqpURL[...slash]) + name
    }

    /// The address of a new, empty database `name` on the shared server. The caller creates it.
    public func databaseURL(named name: String) -> String {
        guard let slash = databaseURL.lastIndex(of: "/") else { return databaseURL }
        let query = databaseURL[slash...].firstIndex(of: "?").map { databaseURL[$0...] } ?? ""
        return String(databaseURL[...slash]) + name + query
    }
}
