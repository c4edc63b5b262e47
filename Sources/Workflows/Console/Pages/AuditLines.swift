import Contracts
import FoundationEssentials
import Postgres
import Privacy

/// An entry of the audit trail on a page. Its detail is codes, counts and ids by contract; it is redacted all the same.
struct AuditLines {
    static let pageSize = 25

    /// In its chain, from 1.
    let position: Int
    let at: Moment
    let actor: String
    let action: String
    let outcome: String
    let detail: String

    /// The entries of a user, newest first: a page and, if there is one, the first of the next.
    ///
    /// - Parameter before: The position of the last entry of the page before.
    static func page(of user: UserID, before: Int?, in postgres: PostgresPool, now: Date) async throws -> [AuditLines] {
        try await lines(
            """
            select position, at, actor, action, outcome, detail::text as detail from audit_log
            where user_id = \(user.rawValue) and position < \(before ?? Int.max)
            order by position desc limit \(pageSize + 1)
            """, "console_audit", postgres, now)
    }

    /// Those that name a message: in the trail of the user whom it is about, or in nobody's while it was worked on.
    static func naming(_ message: MessageID, _ run: RunRow, in postgres: PostgresPool, now: Date) async throws
        -> [AuditLines]
    {
        if let user = run.user {
            return try await lines(
                """
                select position, at, actor, action, outcome, detail::text as detail from audit_log
                where user_id = \(user.rawValue) and detail->>'message_id' = \(message.rawValue) order by position limit 200
                """, "console_audit_of_message", postgres, now)
        }
        let begun = (run.receivedAt ?? run.endedAt).addingTimeInterval(-1)
        return try await lines(
            """
            select position, at, actor, action, outcome, detail::text as detail from audit_log
            where at between \(begun) and \(run.endedAt.addingTimeInterval(60)) and user_id is null
              and detail->>'message_id' = \(message.rawValue) order by position limit 200
            """, "console_audit_of_tick", postgres, now)
    }

    private static func lines(
        _ sql: SQL, _ name: String, _ postgres: PostgresPool, _ now: Date
    ) async throws -> [AuditLines] {
        try await postgres.query(sql.named(name)).map { row in
            AuditLines(
                position: try row.decode(Int.self, "position"),
                at: Moment(try row.decode(Date.self, "at"), now: now), actor: try row.decode(String.self, "actor"),
                action: try row.decode(String.self, "action"), outcome: try row.decode(String.self, "outcome"),
                detail: Redactor.redact(try row.decode(String?.self, "detail") ?? ""))
        }
    }
}
