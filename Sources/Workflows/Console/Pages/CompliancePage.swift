import FoundationEssentials
import Hummingbird
import Postgres

/// What the privacy officer signs: the guarantees as they stand, deadlines, and the record of processing.
struct CompliancePage: ConsolePage {
    let desk: ConsoleDesk

    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView {
        let now = desk.now()
        let clocks = try await BreachClock.all(in: desk.postgres, now: now)
        let requests = try await OpenRequest.all(in: desk.postgres, now: now)
        return view(
            "Compliance", .compliance, context, "compliance",
            [
                "guarantees": try await GuaranteeLine.all(desk), "clocks": clocks, "requests": requests,
                "isCalm": clocks.isEmpty && requests.isEmpty,
                "register": try await RegisterEntry.all(in: desk.postgres),
            ], notice: ConsoleNotice(request))
    }
}

/// An alert with a clock: the authority must know of a breach within 72 hours (GDPR Art. 33).
struct BreachClock {
    let id: String
    let rule: String
    let due: Moment

    static func all(in postgres: PostgresPool, now: Date) async throws -> [BreachClock] {
        try await postgres.query(
            SQL(
                """
                select id, rule, deadline_at from alerts where status <> 'resolved' and deadline_at is not null
                order by deadline_at limit 50
                """
            ).named("console_breach_clocks")
        ).map { row in
            BreachClock(
                id: try row.decode(String.self, "id"), rule: try row.decode(String.self, "rule"),
                due: Moment(try row.decode(Date.self, "deadline_at"), now: now))
        }
    }
}

/// The record of processing activities (GDPR Art. 30), from the comments of tables and columns. A table that has a user's rows and no
/// comment is in it all the same, and said to be undescribed.
struct RegisterEntry {
    struct Column {
        let name: String
        let meaning: String
    }

    let table: String
    let purpose: String
    let isUndescribed: Bool
    let columns: [Column]

    static func all(in postgres: PostgresPool) async throws -> [RegisterEntry] {
        let rows = try await postgres.query(
            SQL(
                """
                select relation.relname as "table", obj_description(relation.oid, 'pg_class') as purpose,
                       attribute.attname as "column", col_description(relation.oid, attribute.attnum) as meaning
                from pg_class relation join pg_attribute attribute on attribute.attrelid = relation.oid
                where relation.relnamespace = current_schema()::regnamespace and relation.relkind in ('r', 'p')
                  and not relation.relispartition and attribute.attnum > 0 and not attribute.attisdropped
                  and (obj_description(relation.oid, 'pg_class') is not null or exists (
                    select from pg_attribute whose where whose.attrelid = relation.oid and whose.attname = 'user_id'))
                order by relation.relname, attribute.attnum
                """
            ).named("console_register"))
        var entries: [RegisterEntry] = []
        var columns: [Column] = []
        for (index, row) in rows.enumerated() {
            let table = try row.decode(String.self, "table")
            let name = try row.decode(String.self, "column")
            columns.append(
                Column(
                    name: name,
                    meaning: try row.decode(String?.self, "meaning")
                        ?? (name == "user_id" ? "Whom the row is about." : "nothing personal by itself")))
            let isLast = try index + 1 == rows.count || rows[index + 1].decode(String.self, "table") != table
            guard isLast else { continue }
            let purpose = try row.decode(String?.self, "purpose")
            entries.append(
                RegisterEntry(
                    table: table, purpose: purpose ?? "not described: it has a user's rows",
                    isUndescribed: purpose == nil,
                    columns: columns))
            columns = []
        }
        return entries
    }
}
