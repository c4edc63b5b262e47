import AMQP
import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// Each rule from its cause to the notice, and back, with real programs on real servers. At its threshold it is silent.
@Suite(.timeLimit(.minutes(5)))
struct RuleTests {
    @Test func whatTheAuditTrailTellsByUser() async throws {
        try await WatchHouse.with { watch in
            let cases: [(rule: String, threshold: Int, action: String, outcome: String, reason: String?)] = [
                ("rate_limit_violations", 10, "rate_limit.violation", "refused", nil),
                ("token_refresh_failures", 3, "token.refresh", "unknown", nil),
                ("quota_exceeded", 5, "analyze", "refused", "quota_exceeded"),
                ("consent_failures", 5, "ingest", "refused", "consent_revoked"),
            ]
            for (index, one) in cases.enumerated() {
                try await watch.audit(
                    one.threshold, user: "user-atrule\(index)", one.action, one.outcome, reason: one.reason)
                try await watch.audit(
                    one.threshold + 1, user: "user-above\(index)", one.action, one.outcome, reason: one.reason)
                try await watch.audit(100, user: "user-fine\(index)", one.action, "done")
            }
            try await watch.look()
            for (index, one) in cases.enumerated() {
                #expect(try await watch.status(one.rule, "user-atrule\(index)") == nil)
                #expect(try await watch.status(one.rule, "user-fine\(index)") == nil)
                #expect(try await watch.status(one.rule, "user-above\(index)") == "open", "\(one.rule)")
                try await watch.hears("slack", one.rule, "WARNING", "***ove\(index)")
            }
            try await watch.age()
            for (index, one) in cases.enumerated() {
                try await watch.looks(until: one.rule, "user-above\(index)", is: "resolved")
                try await watch.hears("slack", one.rule, "RESOLVED")
            }
            try await watch.nothingPersonal(["user-above", "user-atrule"])
            try await watch.printRules()
        }
    }

    @Test func whatTheTablesTell() async throws {
        try await WatchHouse.with { watch in
            let postgres = watch.house.postgres
            // Queries by program and user.
            try await postgres.query(
                """
                insert into database_access values
                    ('repazoo-ingest', 'user-attherule', date_trunc('minute', now()), 1000),
                    ('repazoo-ingest', 'user-abovetherule', date_trunc('minute', now()), 600),
                    ('repazoo-ingest', 'user-abovetherule', date_trunc('minute', now()) - interval '2 minutes', 401),
                    ('repazoo-ingest', '', date_trunc('minute', now()), 900000)
                """)
            // An export that waits for a day while none is done, and one that does not; erasures the same.
            try await postgres.query("insert into users (id) values ('user-late'), ('user-intime')")
            try await postgres.query(
                "insert into data_exports (user_id, requested_at) values ('user-intime', now() - interval '23 hours 59 minutes')"
            )
            try await postgres.query(
                """
                insert into erasures (message_id, user_id, requested_at, started_at, before)
                values ('m1', 'user-intime', now() - interval '23 hours 59 minutes', now(), '{}')
                """)
            try await watch.look()
            let subject = "repazoo-ingest user-abovetherule"
            #expect(try await watch.status("database_access", subject) == "open")
            #expect(try await watch.status("database_access", "repazoo-ingest user-attherule") == nil)
            #expect(try await watch.status("export_deadline") == nil)
            #expect(try await watch.status("erasure_deadline") == nil)
            try await watch.hears("smtp", "database_access", "CRITICAL", "***rule")

            try await postgres.query("update data_exports set requested_at = now() - interval '24 hours 1 minute'")
            try await postgres.query("update erasures set requested_at = now() - interval '24 hours 1 minute'")
            try await watch.look()
            #expect(try await watch.status("export_deadline") == "open")
            #expect(try await watch.status("erasure_deadline") == "open")
            try await watch.hears("smtp", "export_deadline", "CRITICAL")
            try await watch.hears("smtp", "erasure_deadline", "CRITICAL")

            try await postgres.query("update data_exports set status = 'ready', completed_at = now()")
            try await postgres.query("update erasures set completed_at = now()")
            try await postgres.query("delete from database_access")
            for rule in ["database_access", "export_deadline", "erasure_deadline"] {
                try await watch.looks(until: rule, is: "resolved")
                try await watch.hears("smtp", rule, "RESOLVED")
            }
            // At the speed of the last day: one a day, and sixty that wait.
            try await postgres.query(
                "with late as (insert into users (id) select 'user-late' || n from generate_series(1, 60) n returning id) insert into data_exports (user_id, requested_at) select id, now() from late"
            )
            try await watch.look()
            #expect(try await watch.status("export_deadline") == "open")
            let late = try await watch.house.number(
                "select value::int from alerts where rule = 'export_deadline' and status = 'open'")
            #expect((28...32).contains(late))
            try await watch.printRules()
        }
    }

    @Test func whatTheQueuesTell() async throws {
        let environment = [
            "ALERT_QUEUE_DEPTH_THRESHOLD": "5", "ALERT_QUEUE_AGE_THRESHOLD": "1",
        ]
        try await WatchHouse.with(environment: environment) { watch in
            try await watch.look()
            #expect(try await watch.status("consumers_missing") == nil)
            for number in 0..<5 { try await watch.house.publish(IngestRequest(userID: UserID("user-\(number)")!)) }
            try await eventually("five lie there") { try await watch.house.messages(in: "repazoo.ingest") == 5 }
            try await watch.look()
            // "Within two ticks": the first one that sees it tells.
            #expect(try await watch.status("consumers_missing", "repazoo.ingest") == "open")
            #expect(try await watch.status("queue_depth", "repazoo.ingest") == nil)
            try await watch.hears("smtp", "consumers_missing repazoo.ingest", "CRITICAL")
            try await watch.house.publish(IngestRequest(userID: UserID("user-6")!))
            try await eventually("six lie there") { try await watch.house.messages(in: "repazoo.ingest") == 6 }
            try await watch.look()
            #expect(try await watch.status("queue_depth", "repazoo.ingest") == "open")
            try await watch.hears("slack", "queue_depth repazoo.ingest", "WARNING")
            try await watch.looks(until: "queue_age", "repazoo.ingest", is: "open")
            try await watch.hears("slack", "queue_age repazoo.ingest")
            // Someone takes them.
            _ = try await watch.house.drain("repazoo.ingest")
            for rule in ["consumers_missing", "queue_depth", "queue_age"] {
                try await watch.looks(until: rule, "repazoo.ingest", is: "resolved")
            }
            try await watch.hears("smtp", "consumers_missing", "RESOLVED")
            try await watch.hears("slack", "queue_depth", "RESOLVED")
            try await watch.printRules()
        }
    }

    /// What people have to see to: messages that were given up, notifications that do not get out, a night without retention.
    @Test func whatIsLeftLying() async throws {
        try await WatchHouse.with { watch in
            let postgres = watch.house.postgres
            func lastTicks(retention: String, exports: String) async throws {
                for (schedule, ago) in [("retention", retention), ("exports", exports)] {
                    try await postgres.atomically([
                        "insert into tick_slots (schedule, slot, message_id) select \(schedule), now(), \(schedule) on conflict do nothing",
                        """
                        insert into receipts (consumer, message_id, outcome) values ('retention', \(schedule), 'done')
                        on conflict do nothing
                        """,
                        "update receipts set completed_at = now() - \(ago)::interval where message_id = \(schedule)",
                    ])
                }
            }
            try await lastTicks(retention: "25 hours 59 minutes", exports: "59 minutes")
            // PagerDuty rests, and what it is to be told lies there for nearly as long as may be.
            try await postgres.atomically([
                "update alert_channels set next_at = now() + interval '1 hour' where channel = 'pagerduty'",
                """
                insert into alert_outbox (channel, kind, notice, created_at, not_before)
                values ('pagerduty', 'opened', '{}', now() - interval '14 minutes', now() - interval '14 minutes')
                """,
            ])
            try await watch.look()
            for rule in [
                "retention_tick_missing", "exports_tick_missing", "dead_letters", "dead_letters_crash_loop",
                "notifications_stuck",
            ] {
                #expect(try await watch.status(rule) == nil, "\(rule)")
            }
            try await lastTicks(retention: "26 hours 1 minute", exports: "61 minutes")
            try await watch.bury("attempts_exhausted", "network")
            try await watch.bury("crash_loop", "delivery_limit")
            try await postgres.query(
                """
                update alert_outbox set created_at = now() - interval '16 minutes', not_before = now() - interval '16 minutes'
                where channel = 'pagerduty'
                """)
            try await watch.look()
            let told = [
                ("retention_tick_missing", "smtp"), ("exports_tick_missing", "smtp"),
                ("dead_letters_crash_loop", "smtp"), ("dead_letters", "slack"), ("notifications_stuck", "slack"),
            ]
            for (rule, provider) in told {
                try await watch.hears(provider, rule)
                #expect(try await watch.status(rule) == "open", "\(rule)")
            }

            try await lastTicks(retention: "1 minute", exports: "1 minute")
            try await postgres.query("update alert_channels set next_at = now() where channel = 'pagerduty'")
            let discarded = try watch.house.start("repazoo", ["dead", "discard", "--all", "--note", "a test"])
            #expect(try await discarded.ended() == 0, "\(discarded.text())")
            for (rule, provider) in told {
                try await watch.looks(until: rule, is: "resolved")
                try await watch.hears(provider, rule, "RESOLVED")
            }
            try await watch.printRules()
        }
    }

    /// Whoever publishes it, and however often: a slot is looked at once. One in the future is refused.
    @Test func aSlotIsWorkedOnce() async throws {
        try await WatchHouse.with { watch in
            let slot = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 - 60).rounded())
            for _ in 0..<4 { try await watch.look(slot, schedule: "monitor") }
            #expect(
                try await watch.house.number(
                    "select count(*) from audit_log where action = 'monitor' and outcome = 'done'") == 1)
            try await watch.look(slot.addingTimeInterval(60), schedule: "monitor")
            #expect(
                try await watch.house.number(
                    "select count(*) from audit_log where action = 'monitor' and outcome = 'done'") == 2)
            try await watch.look(Date().addingTimeInterval(3600), schedule: "monitor")
            #expect(
                try await watch.house.number(
                    "select count(*) from audit_log where action = 'monitor' and outcome = 'refused' and detail->>'reason' = 'slot_in_future'"
                ) == 1)
        }
    }
}
