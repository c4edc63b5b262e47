import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// Rules whose alerts are cases for the breach clock: told to PagerDuty, and ended only by a person who says why.
@Suite(.timeLimit(.minutes(3)))
struct ComplianceTests {
    /// A compliance alert: told to PagerDuty, ended only by a person with a note, its clock reminds.
    @Test func aChangedAuditTrailIsACaseForTheBreachClock() async throws {
        try await WatchHouse.with { watch in
            let postgres = watch.house.postgres
            try await watch.audit(3, user: "user-canary", "ingest", "done")
            try await watch.look()
            #expect(try await watch.status("audit_chain_broken") == nil)
            try await postgres.transaction { transaction in
                try await transaction.query("alter table audit_log disable trigger all")
                try await transaction.query(
                    "update audit_log set outcome = 'never' where user_id = 'user-canary' and position = 2")
                try await transaction.query("alter table audit_log enable trigger all")
            }
            try await watch.look()
            #expect(try await watch.status("audit_chain_broken") == "open")
            try await watch.hears("pagerduty", "audit_chain_broken", "trigger", "Art. 33")
            let clock = try await postgres.query(
                "select extract(epoch from deadline_at - aware_at)::int as length from alerts where rule = 'audit_chain_broken'"
            )[0].decode(Int.self, "length")
            #expect(clock == 72 * 3600)

            // Time passes: it is reminded of, once, and never ends by itself.
            try await postgres.query(
                "update alerts set aware_at = aware_at - interval '25 hours' where rule = 'audit_chain_broken'")
            try await watch.hears("pagerduty", "REMINDER")
            for _ in 0..<4 { try await watch.look() }
            #expect(try await watch.status("audit_chain_broken") == "open")
            #expect(
                try await watch.house.number(
                    "select count(*) from alert_outbox where kind = 'reminder' and channel = 'pagerduty'") == 1)

            let id = try await watch.alertID("audit_chain_broken")
            let listed = try await watch.repazoo("list")
            #expect(listed.code == 0 && listed.text.contains("compliance") && listed.text.contains("breach clock"))
            let acked = try await watch.repazoo("ack", String(id.prefix(8)))
            #expect(acked.code == 0, "\(acked.text)")
            try await watch.hears("pagerduty", "acknowledge")
            let refused = try await watch.repazoo("resolve", id)
            #expect(refused.code == 1 && refused.text.contains("--note"))
            let resolved = try await watch.repazoo("resolve", id, "--note", "a test of the trail")
            #expect(resolved.code == 0, "\(resolved.text)")
            try await watch.hears("pagerduty", "\"event_action\":\"resolve\"")
            #expect(
                try await watch.house.number(
                    "select count(*) from audit_log where action in ('alert.acknowledged', 'alert.resolved')") == 2)
            // Known and settled: the same faults do not bring it back.
            for _ in 0..<2 { try await watch.look() }
            #expect(try await watch.status("audit_chain_broken") == "resolved")
            let listing = try await watch.repazoo("list", "--status", "all", "--json")
            let json = try JSONSerialization.jsonObject(with: Data(listing.text.utf8)) as? [String: Any]
            let alerts = json?["alerts"] as? [[String: Any]] ?? []
            #expect(alerts.contains { $0["id"] as? String == id && $0["note"] as? String == "a test of the trail" })
            try await watch.printRules()
        }
    }

    /// One is enough. What names a person in the entry is in no notice.
    @Test func aPromptThatWasStopped() async throws {
        try await WatchHouse.with { watch in
            try await watch.audit(100, user: "user-canary-77", "prompt.check", "done")
            try await watch.look()
            #expect(try await watch.status("prompt_validation") == nil)
            try await watch.audit(1, user: "user-canary-77", "prompt.check", "failed", reason: "canary@example.org")
            try await watch.look()
            #expect(try await watch.status("prompt_validation") == "open")
            try await watch.hears("pagerduty", "prompt_validation", "trigger", "Art. 33")
            for _ in 0..<3 { try await watch.look() }
            #expect(try await watch.status("prompt_validation") == "open")
            let resolved = try await watch.repazoo(
                "resolve", try await watch.alertID("prompt_validation"), "--note", "mended")
            #expect(resolved.code == 0, "\(resolved.text)")
            try await watch.hears("pagerduty", "\"event_action\":\"resolve\"")
            // The same entry is known, another one is a new case.
            try await watch.look()
            #expect(try await watch.status("prompt_validation") == "resolved")
            try await watch.audit(1, user: "user-canary-78", "prompt.check", "failed")
            try await watch.look()
            #expect(try await watch.status("prompt_validation") == "open")
            try await watch.nothingPersonal(["canary"])
            try await watch.printRules()
        }
    }
}
