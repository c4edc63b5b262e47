import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// The console as people see it: chromium, narrow and wide, light and dark, by keyboard, on paper, in another time zone; and what
/// axe-core makes of every page.
@Suite(.timeLimit(.minutes(5))) struct BrowserTests {
    @Test func theMainJourneys() async throws {
        try await PlayedProvider.with { played in
            try await ConsoleHouse.with(openID: played) { console in
                try await Self.furnish(console.house)
                let user = try #require(UserID("user-100001"))
                for _ in 0..<12 { _ = try await console.house.publish(IngestRequest(userID: user)) }
                let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                let axe = try Program(
                    executable: tests.appending(path: "../compose/tools/axe").path, [], environment: [:])
                #expect(try await axe.ended() == 0, "\(axe.text().suffix(1000))")
                let path = axe.text().split(separator: "\n").last.map(String.init) ?? ""
                let shots = ProcessInfo.processInfo.environment["CONSOLE_SHOTS"]
                let browser = try Program(
                    executable: "/usr/bin/python3",
                    [tests.appending(path: "Browser/journeys.py").path, console.url, ConsoleHouse.password, path]
                        + (shots.map { [$0] } ?? []), environment: [:])
                let code = try await browser.ended()
                #expect(code == 0, "\(browser.text().suffix(3000))")
                #expect(browser.text().contains("all journeys done"))
            }
        }
    }

    /// Something on every page.
    private static func furnish(_ house: House) async throws {
        try await house.postgres.atomically([
            "insert into users (id, handle, display_name, email) values ('user-100001', 'canaryhandle', 'Canary Q. Person', 'canary@example.org')",
            "insert into oauth_tokens (user_id, provider_user_id, access_token) values ('user-100001', '1', 'gAAAAA')",
            "insert into subscriptions (user_id, tier, status) values ('user-100001', 'pro', 'active')",
            """
            insert into receipts (consumer, message_id, outcome, user_id, asked_by, correlation_id, received_at, attempt, reason,
                steps, completed_at)
            select (array['ingest', 'analyze'])[1 + n % 2], gen_random_uuid()::text,
                case when n % 9 = 0 then 'refused' else 'done' end, 'user-100001', 'backend', gen_random_uuid()::text,
                now() - n * interval '37 s', 1, case when n % 9 = 0 then 'consent_expired' end, '{120,2400,5100,1180000}',
                now() - n * interval '36 s'
            from generate_series(1, 120) n
            """,
            """
            insert into dead_letters (queue, message_id, reason, code, body, user_id, headers, died_at)
            select 'repazoo.ingest', gen_random_uuid()::text, 'attempts_exhausted', 'network', '{"user_id":"user-100001"}',
                'user-100001', '{"type":"repazoo.ingest.v1"}', now() - n * interval '7 min' from generate_series(1, 12) n
            """,
            "insert into alerts (rule, severity, fingerprint, subject) values ('queue_depth', 'warning', 'f1', 'repazoo.analyze'), ('prompt_validation', 'compliance', 'f2', null)",
            "update alerts set deadline_at = now() + interval '70 hours' where severity = 'compliance'",
            "insert into provider_activity (provider, active_until) values ('twitter:0123456789ab', now() + interval '1 minute')",
            """
            insert into heartbeats (program, instance, started_at, in_flight, beat_at, per_minute, p95_seconds, circuits, taken_published_at)
            values ('repazoo-ingest', 'a', now(), 12, now() + interval '1 hour', 840, 1.2, '{"twitter": "closed"}', now()),
                ('repazoo-analyze', 'b', now(), 16, now() + interval '1 hour', 96, 9.5, '{"anthropic": "open"}', now())
            """,
            "insert into data_exports (user_id, status, requested_at, completed_at, expires_at, bytes) values ('user-100001', 'ready', now() - interval '2 hours', now() - interval '1 hour', now() + interval '23 hours', 1840000), ('user-100001', 'pending', now(), null, null, null)",
            "select audit_append('repazoo-ingest', 'user-100001', 'ingest', 'done', '{\"tweets\": 40}')",
        ])
    }
}
