import Contracts
import FoundationEssentials
public import Postgres

// The columns of `alerts`, one for one.
extension Alert {
    static let columns = """
        id, rule, severity, fingerprint, subject, user_id, status, count, first_seen_at, last_seen_at, detail::text as detail,
        episode, calm, opened_at, value, threshold, acknowledged_at, acknowledged_by, resolved_at, resolved_by, note, aware_at,
        reminders, version
        """

    public init(_ row: PostgresRow) throws {
        id = try row.decode(String.self, "id")
        rule = try row.decode(String.self, "rule")
        severity = try row.decode(AlertSeverity.self, "severity")
        fingerprint = try row.decode(String.self, "fingerprint")
        subject = try row.decode(String?.self, "subject")
        userID = try row.decode(String?.self, "user_id").flatMap { UserID($0) }
        life = AlertLife(
            status: try row.decode(AlertLife.Status.self, "status"), episode: try row.decode(Int.self, "episode"),
            calm: try row.decode(Int.self, "calm"), count: try row.decode(Int.self, "count"),
            firstSeenAt: try row.decode(Date.self, "first_seen_at"),
            lastSeenAt: try row.decode(Date.self, "last_seen_at"),
            openedAt: try row.decode(Date.self, "opened_at"), resolvedAt: try row.decode(Date?.self, "resolved_at"))
        value = try row.decode(Double?.self, "value")
        threshold = try row.decode(Double?.self, "threshold")
        // Others may write the column; what cannot be read is not shown.
        detail = (try? JSONValue.object(parsing: Array(row.decode(String.self, "detail").utf8))) ?? [:]
        acknowledgedAt = try row.decode(Date?.self, "acknowledged_at")
        acknowledgedBy = try row.decode(String?.self, "acknowledged_by")
        resolvedBy = try row.decode(String?.self, "resolved_by")
        note = try row.decode(String?.self, "note")
        awareAt = try row.decode(Date?.self, "aware_at")
        reminders = try row.decode(Int.self, "reminders")
        version = try row.decode(Int.self, "version")
    }

    /// Stores this alert if nobody changed it since it was read; else the transaction ends with SQLSTATE 40001, and the
    /// decision is to be made again.
    public var storing: SQL {
        SQL("select alert_store(jsonb_populate_record(null::alerts, \(json)::jsonb), \(version))").named("alert_store")
    }

    private var json: JSONText {
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        func time(_ date: Date?) -> JSONValue { date.map { .string(RFC3339.text($0)) } ?? .null }
        func number(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }
        return JSONText(
            rawValue: JSONValue.object([
                "id": .string(id), "rule": .string(rule), "severity": .string(severity.rawValue),
                "fingerprint": .string(fingerprint), "subject": text(subject), "user_id": text(userID?.rawValue),
                "status": .string(life.status.rawValue), "count": .integer(life.count),
                "first_seen_at": time(life.firstSeenAt), "last_seen_at": time(life.lastSeenAt),
                "detail": .object(detail),
                "episode": .integer(life.episode), "calm": .integer(life.calm), "opened_at": time(life.openedAt),
                "value": number(value), "threshold": number(threshold), "acknowledged_at": time(acknowledgedAt),
                "acknowledged_by": text(acknowledgedBy), "resolved_at": time(life.resolvedAt),
                "resolved_by": text(resolvedBy),
                "note": text(note), "aware_at": time(awareAt), "deadline_at": time(clock?.deadlineAt),
                "reminders": .integer(reminders),
            ]).text)
    }
}
