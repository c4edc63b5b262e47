import AuditTrail
import Contracts
import Logging
import Postgres
import Schema
import TestKit

@testable import ConsumerRuntime

/// A migrated database for tests of what is committed: in a schema of its own, with users who consented and two tables for
/// effects, one of which takes no negative number.
struct CommitDesk: Sendable {
    let pool: PostgresPool
    private let url: String
    private let schema: String

    static func with(_ url: String, users: [String], _ body: (CommitDesk) async throws -> Void) async throws {
        let schema = uniqueName("desk")
        let desk = CommitDesk(pool: pool(url, schema), url: url, schema: schema)
        do {
            try await desk.setUp(users)
            try await body(desk)
        } catch {
            await desk.remove()
            throw error
        }
        await desk.remove()
    }

    func anotherPool() -> PostgresPool { Self.pool(url, schema) }

    func record(_ message: MessageID, _ user: String, number: Int = 1) throws -> JobRecord {
        guard let user = UserID(user) else { throw Unusable() }
        let entry = AuditEntry(
            actor: "test", userID: user, action: "test", outcome: "done",
            detail: ["message_id": .string(message.rawValue)])
        return JobRecord(
            consenting: user, user: user,
            effects: [
                "insert into effects (message_id) values (\(message.rawValue))",
                "insert into naturals (number) values (\(number))",
            ],
            receipt: Receipt(.ingest, message, outcome: "done", followUps: []), audit: [entry])
    }

    /// The messages in a column, with repetitions, in order.
    func messages(_ column: SQL) async throws -> [String] {
        try await pool.query(column).map { try $0.decode(String.self, at: 0) }.sorted()
    }

    func effects() async throws -> [String] { try await messages("select message_id from effects") }
    func receipts() async throws -> [String] { try await messages("select message_id from receipts") }
    func audited() async throws -> [String] { try await messages("select detail->>'message_id' from audit_log") }

    /// Entries whose hash, link or position is wrong, and heads that do not tell the last entry.
    func brokenLinks() async throws -> Int {
        try await pool.query(
            """
            select (select count(*) from audit_faults('-infinity')) + (select count(*) from audit_heads as head where position <> (
                    select count(*) from audit_log where audit_log.chain = head.chain)) as n
            """)[0].decode(Int.self, "n")
    }

    private func setUp(_ users: [String]) async throws {
        try await pool.query("create schema \(identifier: schema)")
        _ = try await Migrator(postgres: pool).apply()
        try await pool.query("create table effects (message_id text not null)")
        try await pool.query("create table naturals (number integer constraint naturals_natural check (number >= 0))")
        try await pool.query("insert into users (id) select unnest(\(users)::text[])")
        try await pool.query("insert into oauth_tokens (user_id, access_token) select id, '' from users")
        try await pool.query("insert into subscriptions (user_id, tier, status) select id, 'pro', 'active' from users")
    }

    private func remove() async {
        _ = try? await pool.query("drop schema if exists \(identifier: schema) cascade")
        await pool.close()
    }

    private static func pool(_ url: String, _ schema: String) -> PostgresPool {
        PostgresPool(
            configuration: PostgresConfiguration(
                url: url, maxConnections: 8, applicationName: "commit-desk", acquireTimeout: .seconds(5),
                settings: ["search_path": schema]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private struct Unusable: Error {}
}
