extension SharedServers {
    /// The address of a new virtual host of the shared broker, for a test whose queues have fixed names.
    public func newVirtualHost() async throws -> String {
        guard let slash = amqpURL.lastIndex(of: "/") else {
            throw ServerError(description: "run the suite with make test")
        }
        return String(amqpURL[...slash]) + (try await VirtualHosts.shared.next())
    }

    /// The address of a new, empty database `name` on the shared server. The caller creates it.
    public func databaseURL(named name: String) -> String {
        guard let slash = databaseURL.lastIndex(of: "/") else { return databaseURL }
        let query = databaseURL[slash...].firstIndex(of: "?").map { databaseURL[$0...] } ?? ""
        return String(databaseURL[...slash]) + name + query
    }
}
