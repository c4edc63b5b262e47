import Postgres
import Schema
package import TestKit

/// New databases of the shared server at this program's schema: copies of one that was migrated once.
package actor HouseDatabases {
    package static let shared = HouseDatabases()

    private var template: Task<String, any Error>?

    /// The name of a new database.
    package func next(_ prefix: String, on servers: SharedServers) async throws -> String {
        let template = template ?? Task { try await Self.migrated(servers) }
        self.template = template
        let (original, name) = (try await template.value, uniqueName(prefix))
        try await Self.asAdministrator(servers) {
            try await $0.query("create database \(identifier: name) template \(identifier: original)")
        }
        return name
    }

    private static func migrated(_ servers: SharedServers) async throws -> String {
        let name = uniqueName("template")
        try await asAdministrator(servers) { try await $0.query("create database \(identifier: name)") }
        // Nobody may be connected to it when it is copied.
        let postgres = House.pool(servers.databaseURL(named: name))
        _ = try await Migrator(postgres: postgres).apply()
        await postgres.close()
        return name
    }

    private static func asAdministrator(
        _ servers: SharedServers, _ body: (PostgresPool) async throws -> Void
    ) async throws {
        let postgres = House.pool(servers.databaseURL)
        try await body(postgres)
        await postgres.close()
    }
}
