import Alerts
import Contracts
import FoundationEssentials
import Postgres

/// Which alerts are asked for.
struct AlertFilter: Sendable {
    static let pageSize = 25
    /// The worst first.
    static let severities = AlertSeverity.allCases.sorted(by: >).map(\.rawValue)

    let isOpen: Bool
    /// The place behind which the page begins: that of the last alert of the page before.
    let behind: Place?

    /// Those that were seen at the same moment are told apart by their ids.
    struct Place: Sendable {
        let severity: String
        let time: Date
        let id: String
    }

    init(_ form: ConsoleForm) {
        isOpen = form["status"] != "resolved"
        // Half a place is none: a page of nothing would say that nothing is wrong.
        guard let severity = form["severity"], Self.severities.contains(severity), let id = form["id"],
            let time = form["before"].flatMap({ RFC3339.date($0) })
        else {
            behind = nil
            return
        }
        behind = Place(severity: severity, time: time, id: id)
    }

    /// What the address of the next page says.
    func query(behind last: AlertRow) -> String {
        [
            ("status", isOpen ? "open" : "resolved"), ("severity", last.severity),
            ("before", RFC3339.text(last.lastSeenAt)), ("id", last.id),
        ].map { "\($0)=\(ConsoleForm.encoded($1))" }.joined(separator: "&")
    }
}

/// An alert as its card needs it.
struct AlertRow: Sendable {
    let id: String
    let rule: String
    let severity: String
    let status: String
    let subject: String?
    let summary: String?
    let count: Int
    let openedAt: Date
    let lastSeenAt: Date
    let by: String?
    let deadline: Date?

    init(_ row: PostgresRow) throws {
        id = try row.decode(String.self, "id")
        rule = try row.decode(String.self, "rule")
        severity = try row.decode(String.self, "severity")
        status = try row.decode(String.self, "status")
        subject = try row.decode(String?.self, "subject")
        summary = try row.decode(String?.self, "summary")
        count = try row.decode(Int.self, "count")
        openedAt = try row.decode(Date.self, "opened_at")
        lastSeenAt = try row.decode(Date.self, "last_seen_at")
        by = try row.decode(String?.self, "by")
        deadline = try row.decode(Date?.self, "deadline_at")
    }

    /// A page and, if there is one, the first of the next. What is wrong now: the worst first, and of those the latest. What was: the
    /// latest first, along an index, as it never stops growing.
    static func page(_ filter: AlertFilter, in postgres: PostgresPool) async throws -> [AlertRow] {
        try await postgres.query(filter.isOpen ? open(filter.behind) : resolved(filter.behind)).map {
            try AlertRow($0)
        }
    }

    private static func open(_ place: AlertFilter.Place?) -> SQL {
        // Before the first of all: rank 0.
        let rank = place.map { 1 + (AlertFilter.severities.firstIndex(of: $0.severity) ?? 0) } ?? 0
        return SQL(
            """
            select \(columns: .all) from (
                select *, array_position(\(AlertFilter.severities)::text[], severity) as rank
                from alerts where status <> 'resolved'
            ) as alerts
            where rank > \(rank) or (rank = \(rank) and (last_seen_at, id) < (\(place?.time), \(place?.id)))
            order by rank, last_seen_at desc, id desc limit \(AlertFilter.pageSize + 1)
            """
        ).named("console_open_cards")
    }

    private static func resolved(_ place: AlertFilter.Place?) -> SQL {
        guard let place else {
            return SQL(
                """
                select \(columns: .all) from alerts where status = 'resolved'
                order by last_seen_at desc, id desc limit \(AlertFilter.pageSize + 1)
                """
            ).named("console_resolved_cards")
        }
        return SQL(
            """
            select \(columns: .all) from alerts
            where status = 'resolved' and (last_seen_at, id) < (\(place.time), \(place.id)) and last_seen_at <= \(place.time)
            order by last_seen_at desc, id desc limit \(AlertFilter.pageSize + 1)
            """
        ).named("console_older_cards")
    }
}

extension SQL.Interpolation {
    fileprivate enum CardColumns { case all }

    /// What `AlertRow.init` reads.
    fileprivate mutating func appendInterpolation(columns: CardColumns) {
        appendLiteral(
            """
            id, rule, severity, status, subject, detail->>'summary' as summary, count, opened_at, last_seen_at,
            coalesce(resolved_by, acknowledged_by) as by, deadline_at
            """)
    }
}
