import Contracts
import HouseKit
import Postgres
import TestKit
import Testing

// Causes of alerts, and what has become of them.
extension WatchHouse {
    /// Audit entries of a user.
    func audit(
        _ count: Int, user: String, _ action: String, _ outcome: String, reason: String? = nil
    ) async throws {
        let statement = SQL(
            """
            select audit_append('repazoo', \(user), \(action), \(outcome),
                                jsonb_strip_nulls(jsonb_build_object('reason', \(reason)::text)))
            from generate_series(1, \(count))
            """)
        try await house.postgres.query(statement)
    }

    /// What is counted over a window goes out of it.
    func age() async throws {
        try await house.postgres.transaction { transaction in
            try await transaction.query("alter table audit_log disable trigger all")
            try await transaction.query("update audit_log set at = at - interval '25 hours' where outcome <> 'done'")
        }
    }

    func alertID(_ rule: String) async throws -> String {
        try #require(
            try await house.postgres.query("select id from alerts where rule = \(rule) order by first_seen_at desc")
                .first
        ).decode(String.self, "id")
    }

    /// The operator's `repazoo alerts …`.
    func repazoo(_ arguments: String...) async throws -> (code: Int32, text: String) {
        let program = try house.start("repazoo", ["alerts"] + arguments)
        let code = try await program.ended()
        return (code, program.text())
    }

    /// A line for each alert: what people were told of it, by which channel, in order. Whatever is due is told before.
    func printRules() async throws {
        try await eventually("everything is told", within: .seconds(20)) {
            try await house.number(
                """
                select count(*) from alert_outbox
                where status in ('pending', 'sending') and not_before <= now() and channel <> 'events'
                """) == 0
        }
        let rows = try await house.postgres.query(
            """
            select rpad(rule, 26) || rpad(severity, 11) || rpad(threshold::text, 10) || rpad(alerts.status, 9)
                || string_agg(outbox.kind || ' > ' || outbox.channel, ', ' order by outbox.id)
                || case when alerts.user_id is null and subject is not null then '  (' || subject || ')' else '' end as line
            from alerts join alert_outbox as outbox on outbox.alert_id = alerts.id
            where outbox.status = 'sent' and outbox.channel <> 'events'
            group by alerts.id order by rule
            """)
        for row in rows { print("rule  " + (try row.decode(String.self, "line"))) }
    }

    /// None of these words in what the programs wrote, what people were told, and what is kept for telling them.
    func nothingPersonal(_ canaries: [String]) async throws {
        var texts = house.programs.map { $0.text() }
        for provider in ["slack", "smtp", "pagerduty"] { texts += try await told(provider).map(Self.unfolded) }
        texts += try await house.postgres.query("select notice::text as notice from alert_outbox").map {
            try $0.decode(String.self, "notice")
        }
        let all = texts.joined(separator: "\n")
        for canary in canaries { #expect(!all.contains(canary), "\(canary)") }
    }
}
