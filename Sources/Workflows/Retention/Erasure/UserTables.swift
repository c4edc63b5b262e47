import Contracts
import FoundationEssentials
import Postgres

/// The tables that hold rows of users, as the database itself tells them: a table that is new, and that nobody thought of here,
/// is erased all the same.
struct UserTables: Sendable {
    struct Table: Equatable, Sendable {
        let name: String
        let category: HoldCategory
        /// The column with the user's id.
        let column: String
    }

    let tables: [Table]

    /// What stays of a user on purpose: the id of the erased one, the evidence of erasure and hold, and the audit trail, which
    /// loses its content instead.
    private static let kept: Set<String> = ["users", "erasures", "legal_holds", "audit_log"]

    private static let categories: [String: HoldCategory] = [
        "oauth_tokens": .account, "subscriptions": .account, "twitter_data": .tweets, "ingest_runs": .tweets,
        "data_exports": .exports, objects: .exports, "receipts": .messages, "dead_letters": .messages,
        "alerts": .messages,
    ]

    /// What a legal hold names a table by, or the objects of exports.
    static func category(of table: String) -> HoldCategory { categories[table] ?? .analyses }

    static func read(_ postgres: PostgresPool) async throws -> UserTables {
        let rows = try await postgres.query(
            SQL(
                """
                select c.relname::text as name from pg_class c
                join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
                where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                order by name
                """
            ).named("user_tables"))
        let found = try rows.map { try $0.decode(String.self, "name") }
            .filter { !kept.contains($0) && !$0.hasPrefix("audit_") }
        let tables = found.map { Table(name: $0, category: category(of: $0), column: "user_id") }
        return UserTables(tables: tables + [Table(name: "alerts", category: .messages, column: "subject")])
    }

    /// How far the clocks of this process and of the database may be apart.
    private static let clockTolerance: TimeInterval = 60

    /// Rows of a user, by table; the objects of the user's exports as `objects`.
    ///
    /// - Parameter erasure: When it began. Receipts of refusals since then are not counted: of a message that died on its arrival they
    ///   keep its second copy from doing more, and hold nothing of the user's.
    func counts(
        of user: UserID, in transaction: PostgresTransaction, refusalsUpTo erasure: Date? = nil
    ) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for table in tables {
            let row = try await transaction.query(counting(table, user, erasure).named("erasure_count"))[0]
            counts[table.name, default: 0] += try row.decode(Int.self, "n")
        }
        let objects = try await transaction.query(
            SQL("select count(object_key) as n from data_exports where user_id = \(user.rawValue)")
                .named("erasure_objects"))[0]
        counts[Self.objects] = try objects.decode(Int.self, "n")
        return counts
    }

    private func counting(_ table: Table, _ user: UserID, _ erasure: Date?) -> SQL {
        guard table.name == "receipts", let erasure else {
            return
                "select count(*) as n from \(identifier: table.name) where \(identifier: table.column) = \(user.rawValue)"
        }
        return """
            select count(*) as n from receipts
            where user_id = \(user.rawValue)
                and not (outcome = 'refused' and completed_at >= \(erasure.addingTimeInterval(-Self.clockTolerance)))
            """
    }

    static let objects = "objects"
}
