import Logging
import Postgres
import Schema
import TestKit

/// A schema that no other test uses, first in the search path of its pools, gone afterwards.
struct SchemaScope: Sendable {
    let name: String

    static func with(_ body: (SchemaScope, PostgresPool) async throws -> Void) async throws {
        let scope = SchemaScope(name: uniqueName("s"))
        let pool = try scope.pool(connections: 4)
        do {
            try await pool.query("create schema \(identifier: scope.name)")
            try await body(scope, pool)
        } catch {
            await scope.remove(pool)
            throw error
        }
        await scope.remove(pool)
    }

    /// The same, migrated.
    static func migrated(_ body: (PostgresPool) async throws -> Void) async throws {
        try await with { _, pool in
            _ = try await Migrator(postgres: pool).apply()
            try await body(pool)
        }
    }

    func pool(connections: Int) throws -> PostgresPool {
        let configuration = PostgresConfiguration(
            url: try SharedServers.address(of: .postgres), maxConnections: connections, applicationName: "schema-tests",
            acquireTimeout: .seconds(30), settings: ["timezone": "UTC", "search_path": name])
        return PostgresPool(
            configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func remove(_ pool: PostgresPool) async {
        _ = try? await pool.query("drop schema if exists \(identifier: name) cascade")
        await pool.close()
    }
}
