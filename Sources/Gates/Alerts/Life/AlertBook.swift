public import FoundationEssentials
public import Postgres

/// Reads `alerts`, for deciding; what was decided is stored by `Alert.storing`.
public struct AlertBook: Sendable {
    private let postgres: PostgresPool

    public init(postgres: PostgresPool) { self.postgres = postgres }

    /// Everything that lives or was resolved lately, of all rules: at most one of each fingerprint, that which was seen last.
    public func current(resolvedWithin time: Duration, at now: Date) async throws -> [String: Alert] {
        let since = now.addingTimeInterval(-(time / .seconds(1)))
        return try Self.byFingerprint(
            try await postgres.query(
                """
                select distinct on (fingerprint) \(columns: .all) from alerts
                where status <> 'resolved' or resolved_at >= \(since)
                order by fingerprint, status = 'resolved', last_seen_at desc
                """))
    }

    /// The one that lives or was seen last, within a transaction that keeps others from changing it.
    public static func locked(_ fingerprint: String, in transaction: PostgresTransaction) async throws -> Alert? {
        try await transaction.query(
            """
            select \(columns: .all) from alerts where fingerprint = \(fingerprint)
            order by status = 'resolved', last_seen_at desc limit 1 for update
            """
        ).first.map { try Alert($0) }
    }

    public func alert(id: String) async throws -> Alert? {
        try await postgres.query("select \(columns: .all) from alerts where id = \(id)").first.map { try Alert($0) }
    }

    public func alert(fingerprint: String) async throws -> Alert? {
        try await postgres.query(
            """
            select \(columns: .all) from alerts where fingerprint = \(fingerprint)
            order by status = 'resolved', last_seen_at desc limit 1
            """
        ).first.map { try Alert($0) }
    }

    /// Those whose status is one of these, the worst and latest first.
    public static func listing(_ statuses: [String], severity: String?, limit: Int) -> SQL {
        SQL(
            """
            select \(columns: .all) from alerts
            where status = any (\(statuses)::text[]) and (\(severity)::text is null or severity = \(severity)::text)
            order by status = 'resolved', array_position(array['compliance', 'critical', 'warning'], severity),
                last_seen_at desc, id
            limit \(limit)
            """)
    }

    private static func byFingerprint(_ rows: PostgresResult) throws -> [String: Alert] {
        var found: [String: Alert] = [:]
        for row in rows {
            let alert = try Alert(row)
            found[alert.fingerprint] = alert
        }
        return found
    }
}

extension SQL.Interpolation {
    enum AlertColumns { case all }

    /// The columns that `Alert.init` reads.
    mutating func appendInterpolation(columns: AlertColumns) { appendLiteral(Alert.columns) }
}
