import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import RateLimits
import Redis
import TestKit
import Testing

/// What the pages say is so.
@Suite(.timeLimit(.minutes(4))) struct PageTests {
    @Test func theGuaranteesAreCheckedAndABrokenOneIsSeen() async throws {
        try await ConsoleHouse.with { console in
            let grace = try await console.signIn("grace")
            try await eventually("the guarantees were looked at", within: .seconds(60)) {
                try await console.house.number("select count(*) from guarantee_checks where faults = 0") == 11
            }
            try await eventually("and the queues", within: .seconds(60)) {
                try await console.get("/compliance", grace).text.components(separatedBy: ">holds<").count == 13
            }
            let page = try await console.get("/compliance", grace).text
            #expect(!page.contains("not described"), "a table with a user's rows has no comment: see v0023_console.sql")
            for table in ["analysis_parts", "legal_holds", "console_sessions"] { #expect(page.contains(">\(table)<")) }

            // Each broken on purpose, as a superuser can.
            try await console.house.addUsers(2)
            try await console.house.postgres.atomically([
                "alter table receipts drop constraint receipts_pkey",
                "insert into dead_letters (queue, reason, code, body) values ('repazoo.analyze', 'permanent_failure', 'privacy_check', 'ask jo@example.org')",
                "insert into usage (user_id, period, used, quota) values ('user-1', to_char(now() at time zone 'UTC', 'YYYY-MM'), 31, 30)",
                """
                insert into analyses (user_id, message_id, kind, model, sentiment, score, result, tweets_analyzed, input_tokens,
                    output_tokens, retain_until)
                values ('user-2', 'm', 'sentiment', 'opus', 'neutral', 0, '{}', 1, 1, 1, now())
                """,
                "update users set erased_at = now() where id = 'user-2'",
                "update oauth_tokens set access_token = 'in the clear' where user_id = 'user-1'",
                "alter table twitter_data disable row level security",
                "update audit_log set outcome = 'refused' where action = 'console.sign_in'",
            ])
            let form = try await console.formToken(grace)
            #expect(try await console.post("/compliance/check", [("form_token", form)], grace).status == 303)
            let broken = try await console.house.postgres.query(
                "select guarantee from guarantee_checks where faults > 0 order by guarantee"
            ).map { try $0.decode(Int.self, "guarantee") }
            #expect(broken == [2, 3, 4, 6, 8, 9, 10, 11])
            let said = try await console.get("/compliance?done=checked", grace).text
            #expect(said.contains("1 × a token in the clear") && said.contains("Checked just now"))
            #expect(said.components(separatedBy: "state broken").count == 9)
            // A quota that does not add up in either way.
            #expect(said.contains("2 × a month that does not add up"))

            let vera = try await console.signIn("vera")
            let refused = try await console.post(
                "/compliance/check", [("form_token", try await console.formToken(vera))], vera)
            #expect(refused.status == 403)
            // A check that is too old says nothing of now.
            try await console.house.postgres.query(
                "update guarantee_checks set checked_at = now() - interval '31 minutes' where guarantee <> 11")
            #expect(try await console.get("/compliance", vera).text.contains("not known now"))
        }
    }

    @Test func pagesLeaveOutNothingAndCountNothingTwice() async throws {
        try await ConsoleHouse.with { console in
            // A group that was committed together ended at one moment.
            try await console.house.postgres.query(
                """
                insert into receipts (consumer, message_id, outcome, completed_at)
                select 'ingest', gen_random_uuid()::text, 'done', timestamptz '2026-11-01 12:00:00.123456Z' from generate_series(1, 130)
                """)
            let vera = try await console.signIn("vera")
            let (seen, pages) = try await Self.read("/runs", /href="\/runs\/([0-9a-f-]{36})"/, console, vera)
            #expect(pages == 3 && seen.count == 130 && Set(seen).count == 130)
            let first = try await console.get("/runs", vera).text
            #expect(first.matches(of: /href="\/runs\/[0-9a-f-]{36}"/).count == 50, "a full page")
            #expect(try await console.get("/runs?search=\(seen[70])", vera).text.contains(seen[70]))
            #expect(
                try await console.get("/runs?search=\(seen[70])&consumer=analyze", vera).text.contains("No run fits"))
            #expect(try await console.get("/runs/\(seen[70])", vera).status == 200)
            try await Self.alertsAndEntries(console, vera)
        }
    }

    private static func alertsAndEntries(_ console: ConsoleHouse, _ vera: String) async throws {
        // Many were seen by one look of the monitor.
        try await console.house.postgres.atomically([
            """
            insert into alerts (id, rule, severity, fingerprint, subject, status, last_seen_at)
            select status || n, 'queue_depth', (array['warning', 'compliance', 'critical'])[1 + n % 3], status || n, 'repazoo.analyze',
                status, timestamptz '2026-11-01 12:00:00.123456Z' + n / 20 * interval '1 s'
            from generate_series(1, 60) n, unnest(array['open', 'resolved']) status
            """,
            """
            select audit_append('repazoo-ingest', 'user-1', 'test.' || n, 'done', '{}') from generate_series(1, 60) n
            """,
        ])
        let card = /<section class="card alert [a-z]+" id="([a-z0-9]+)">/
        let numbers = Array(1...60)
        let (open, openPages) = try await read("/alerts", card, console, vera)
        // By severity as above, then the latest, then the id.
        let worst = numbers.sorted {
            ([-3, -1, -2][$0 % 3], $0 / 20, "\($0)") > ([-3, -1, -2][$1 % 3], $1 / 20, "\($1)")
        }
        #expect(openPages == 3 && open == worst.map { "open\($0)" })
        let (resolved, resolvedPages) = try await read("/alerts?status=resolved", card, console, vera)
        let latest = numbers.sorted { ($0 / 20, "\($0)") > ($1 / 20, "\($1)") }
        #expect(resolvedPages == 3 && resolved == latest.map { "resolved\($0)" })
        // Half a place begins at the first page rather than saying that nothing is wrong.
        #expect(try await console.get("/alerts?before=2020-01-01T00:00:00Z&severity=none", vera).text.contains("open"))

        try await console.house.addUsers(1)
        let (entries, entryPages) = try await read("/people?user=user-1", />test\.([0-9]+)</, console, vera)
        #expect(entryPages == 3 && entries == numbers.reversed().map { "\($0)" })
    }

    /// What every page from this one on shows, and how many pages there are.
    private static func read(
        _ first: String, _ pattern: some RegexComponent<(Substring, Substring)>, _ console: ConsoleHouse,
        _ session: String
    ) async throws -> ([String], pages: Int) {
        var (path, seen, pages): (String?, [String], Int) = (first, [], 0)
        while let next = path, pages < 5 {
            let page = try await console.get(next, session).text
            seen += page.matches(of: pattern).map { String($0.output.1) }
            path = page.firstMatch(of: /href="([^"]+)" rel="next"/).map {
                String($0.output.1).replacing("&amp;", with: "&")
            }
            pages += 1
        }
        return (seen, pages)
    }

    @Test func aTrailIsVerifiedWhenSomebodyAsks() async throws {
        try await ConsoleHouse.with { console in
            try await console.house.addUsers(1)
            for _ in 0..<3 {
                try await console.house.postgres.query(
                    "select audit_append('repazoo-ingest', 'user-1', 'test', 'done', '{}')")
            }
            let vera = try await console.signIn("vera")
            #expect(try await console.get("/people?user=user-1", vera).text.contains("Verify it now"))
            let whole = try await console.get("/people?user=user-1&verify=1", vera).text
            #expect(whole.contains("3 entries, unbroken; signatures checked"))
            try await console.house.postgres.query(
                "update audit_log set outcome = 'refused' where user_id = 'user-1' and position = 2")
            let changed = try await console.get("/people?user=user-1&verify=1", vera).text
            #expect(changed.contains("state broken") && !changed.contains("unbroken"))
        }
    }

    @Test func aPageLeftOpenKeepsNoSessionAlive() async throws {
        try await ConsoleHouse.with { console in
            let vera = try await console.signIn("vera")
            try await console.house.postgres.query(
                "update console_sessions set expires_at = now() + interval '1 minute', made_at = now() - interval '1 hour'"
            )
            var request = HTTPRequest(
                .get, console.url + "/live/overview", headers: ["cookie": vera, "accept": "text/event-stream"])
            request.timeouts = HTTPTimeouts(total: .seconds(2))
            await #expect(throws: HTTPError.self) { try await console.house.http.send(request) }
            let soon: SQL =
                "select count(*) from console_sessions where expires_at < now() + interval '2 minutes' and renewed_at is null"
            #expect(try await console.house.number(soon) == 1)
            _ = try await console.get("/runs", vera)
            #expect(try await console.house.number(soon) == 0)
        }
    }

    @Test func theOverviewSaysHowFullTheProvidersWindowsAre() async throws {
        try await ConsoleHouse.with { console in
            // Redis is every test's: names that no other uses.
            let (provider, idle) = (uniqueName("twitter:"), uniqueName("twitter:"))
            try await console.house.postgres.query(
                "insert into provider_activity (provider, active_until) values (\(provider), now()), (\(idle), now())"
            )
            let redis = RedisClient(try RedisConfiguration(url: console.house.addresses.redis))
            let windows = RateWindows(
                redis: redis, provider: provider, limits: RateWindows.Limits(user: .twitterApp, app: .twitterApp))
            try await windows.assumeNothingWasSent()
            _ = try await windows.admit(try #require(UserID("user-1")), cost: 8250)
            let vera = try await console.signIn("vera")
            try await eventually("the overview tells", within: .seconds(30)) {
                try await console.get("/", vera).text.contains("8,250 of 10,000 calls")
            }
            let page = try await console.get("/", vera).text
            #expect(page.contains(#"<span class="state warning">8,250"#) && page.contains("nothing sent lately"))
            try await console.house.postgres.query(
                "update provider_activity set capped_until = now() + interval '3 days' where provider = \(provider)")
            try await eventually("and of the cap", within: .seconds(30)) {
                try await console.get("/", vera).text.contains("the cap on usage is reached")
            }
            await redis.close()
        }
    }
}
