import Contracts
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// What is done at the console: it happens once, for the right person, and is in the trail.
@Suite(.timeLimit(.minutes(4))) struct DeedTests {
    @Test func anErasureIsAskedForInTwoStepsAndOnce() async throws {
        try await ConsoleHouse.with { console in
            try await console.house.addUsers(1)
            let grace = try await console.signIn("grace")
            let page = try await console.get("/people/confirm?do=erase&user=user-1", grace).text
            let id = try #require(page.firstMatch(of: /name="message_id" value="([0-9a-f-]{36})"/)?.output.1)
            let form = try #require(page.firstMatch(of: /name="form_token" value="([0-9a-f]{64})"/)?.output.1)
            let fields = [
                ("do", "erase"), ("user", "user-1"), ("message_id", String(id)), ("form_token", String(form)),
                ("reason", "letter of 24 November, from jo@example.org"),
            ]
            let mistyped = try await console.post("/people/request", fields + [("typed", "user-2")], grace)
            #expect(mistyped.status == 400)
            let typed = fields.filter { $0.0 != "reason" } + [("typed", "user-1")]
            #expect(try await console.post("/people/request", typed, grace).status == 400, "without a reason")
            #expect(try await console.house.messages(in: "repazoo.retention") == 0)

            for _ in 0..<2 {
                #expect(try await console.post("/people/request", fields + [("typed", "user-1")], grace).status == 303)
            }
            let letters = try await console.house.drain("repazoo.retention")
            #expect(letters.map(\.properties.messageID) == [String(id), String(id)])
            #expect(
                letters.allSatisfy {
                    $0.properties.type == "repazoo.erase.v1" && $0.properties.appID == "repazoo-console"
                })
            let detail = try #require(
                try await console.house.postgres.query(
                    "select detail::text as detail from audit_log where user_id = 'user-1' and action = 'console.erase'"
                ).first?.decode(String.self, "detail"))
            #expect(detail.contains(String(id)) && detail.contains("[EMAIL]") && !detail.contains("example.org"))

            // And an export.
            let step = try await console.get("/people/confirm?do=export&user=user-1", grace).text
            let next = try #require(step.firstMatch(of: /name="message_id" value="([0-9a-f-]{36})"/)?.output.1)
            let wanted = [
                ("do", "export"), ("message_id", String(next)), ("typed", "user-1"), ("reason", "ticket 4711"),
            ]
            let asked = try await console.post(
                "/people/request", wanted + [("user", "user-1"), ("form_token", String(form))], grace)
            #expect(asked.status == 303)
            let export = try #require(try await console.house.drain("repazoo.export").first)
            #expect(export.properties.messageID == String(next) && export.properties.type == "repazoo.export.v1")
            let actions = try await console.house.postgres.query(
                "select action || ' ' || outcome as a from audit_log where user_id = 'user-1' order by position"
            ).map { try $0.decode(String.self, "a") }
            #expect(actions == ["console.erase asked", "console.erase asked", "console.export asked"])

            let ada = try await console.signIn("ada")
            #expect(try await console.get("/people/confirm?do=erase&user=user-1", ada).status == 403)
        }
    }

    @Test func aPersonIsMaskedUntilAReasonIsInTheTrail() async throws {
        try await ConsoleHouse.with { console in
            try await console.house.postgres.query(
                "insert into users (id, handle, display_name, email) values ('user-100001', 'canaryhandle', 'Canary Q. Person', 'canary@example.org')"
            )
            let grace = try await console.signIn("grace")
            let form = try await console.formToken(grace)
            let dossier = try await console.get("/people?user=user-100001", grace)
            #expect(dossier.status == 200 && dossier.text.contains("***0001"))
            #expect(!dossier.text.contains("canaryhandle") && !dossier.text.contains("Canary Q"))

            let fields = [("user", "user-100001"), ("form_token", form)]
            #expect(try await console.post("/people/unmask", fields, grace).status == 400)
            #expect(try await console.post("/people/unmask", fields + [("reason", "because")], grace).status == 400)
            #expect(
                try await console.house.number("select count(*) from audit_log where action = 'person.unmask'") == 0)
            let shown = try await console.post(
                "/people/unmask", fields + [("reason", "ticket 4711, asks who wrote")], grace)
            #expect(shown.status == 200)
            for word in ["canaryhandle", "Canary Q. Person", "canary@example.org"] {
                #expect(shown.text.contains(word))
            }
            #expect(
                try await console.house.number(
                    "select count(*) from audit_log where user_id = 'user-100001' and action = 'person.unmask' and actor = 'repazoo-console:grace'"
                ) == 1)
            let ada = try await console.signIn("ada")
            let refused = try await console.post(
                "/people/unmask",
                [
                    ("user", "user-100001"), ("form_token", try await console.formToken(ada)),
                    ("reason", "I am curious"),
                ], ada)
            #expect(refused.status == 403 && !refused.text.contains("canaryhandle"))
        }
    }

    @Test func lettersAlertsAndSchedulesAreSettledByWhomItIsFor() async throws {
        try await ConsoleHouse.with { console in
            for _ in 0..<3 { try await DoorTests.addDeath(console) }
            let ada = try await console.signIn("ada")
            let form = try await console.formToken(ada)
            let listing = try await console.get(
                "/dead/letters?queue=repazoo.ingest&reason=attempts_exhausted&code=network", ada)
            let ids = listing.text.matches(of: /name="id" value="([^"]+)"/).map { String($0.output.1) }
            #expect(ids.count == 3)
            let cause = [
                ("queue", "repazoo.ingest"), ("reason", "attempts_exhausted"), ("code", "network"),
                ("form_token", form),
            ]
            let rehearsal = try await console.post("/dead/settle", cause + [("which", "all"), ("do", "rehearse")], ada)
            #expect(rehearsal.text.contains("3 would be sent"))
            #expect(try await console.house.messages(in: "repazoo.ingest") == 0)

            #expect(
                try await console.post("/dead/settle", cause + [("which", "chosen"), ("do", "replay")], ada).status
                    == 400)
            let one = try await console.post(
                "/dead/settle", cause + [("which", "chosen"), ("id", ids[0]), ("do", "replay")], ada)
            #expect(one.status == 303)
            #expect(try await console.house.drain("repazoo.ingest").count == 1)
            #expect(try await console.house.number("select count(*) from dead_letters where status = 'replayed'") == 1)
            #expect(
                try await console.post("/dead/settle", cause + [("which", "all"), ("do", "discard")], ada).status == 400
            )
            let rest = try await console.post(
                "/dead/settle", cause + [("which", "all"), ("do", "discard"), ("note", "jo@example.org was down")], ada)
            #expect(rest.status == 303)
            #expect(
                try await console.house.number("select count(*) from dead_letters where note = '[EMAIL] was down'") == 2
            )
            #expect(try await console.house.number("select count(*) from dead_letters where status = 'discarded'") == 2)
            try await Self.settleAlerts(console, ada)
            try await Self.steerSchedules(console, ada)
        }
    }

    private static func settleAlerts(_ console: ConsoleHouse, _ ada: String) async throws {
        try await console.house.postgres.query(
            """
            insert into alerts (id, rule, severity, fingerprint, deadline_at) values
                ('a', 'queue_depth', 'warning', 'f1', null),
                ('b', 'prompt_validation', 'compliance', 'f2', now() + interval '70 hours')
            """)
        func settle(_ id: String, _ deed: String, _ note: String? = nil, by session: String) async throws -> Int {
            let form = try await console.formToken(session)
            let fields = [("id", id), ("do", deed), ("form_token", form)] + (note.map { [("note", $0)] } ?? [])
            return try await console.post("/alerts/settle", fields, session).status
        }
        func standing(_ id: String) async throws -> String {
            try await console.house.postgres.query(
                "select concat_ws(' ', status, acknowledged_by, resolved_by, note) as s from alerts where id = \(id)"
            )[0].decode(String.self, "s")
        }
        #expect(try await console.get("/alerts", ada).text.contains("Breach clock"))
        let vera = try await console.signIn("vera")
        #expect(try await settle("a", "ack", by: vera) == 403)
        #expect(try await !console.get("/alerts", vera).text.contains("/alerts/settle"))
        #expect(try await settle("a", "ack", by: ada) == 303)
        #expect(try await standing("a") == "acknowledged repazoo-console:ada")
        #expect(try await settle("a", "resolve", by: ada) == 303)
        #expect(try await standing("a").hasPrefix("resolved"))
        // What was a breach is resolved by words (GDPR Art. 33 (5)), and by a privacy officer as well.
        let grace = try await console.signIn("grace")
        #expect(try await settle("b", "resolve", by: grace) == 400)
        #expect(try await standing("b") == "open")
        #expect(try await settle("b", "resolve", "told jo@example.org", by: grace) == 303)
        #expect(try await standing("b") == "resolved repazoo-console:grace told [EMAIL]")
        #expect(try await settle("none", "ack", by: grace) == 404)
    }

    private static func steerSchedules(_ console: ConsoleHouse, _ ada: String) async throws {
        func steer(_ deed: String, by session: String) async throws -> Int {
            let form = try await console.formToken(session)
            let fields = [("name", "retention"), ("do", deed), ("form_token", form)]
            return try await console.post("/schedules/steer", fields, session).status
        }
        let grace = try await console.signIn("grace")
        #expect(try await steer("run", by: grace) == 403, "she answers for people and touches no queue")
        #expect(try await steer("pause", by: ada) == 303)
        #expect(try await console.get("/schedules", grace).text.contains("repazoo-console:ada"))
        #expect(
            try await console.house.number("select count(*) from schedules where paused_by = 'repazoo-console:ada'")
                == 1)
        #expect(try await steer("resume", by: ada) == 303)
        #expect(try await console.house.number("select count(*) from schedules where paused_at is not null") == 0)
        #expect(try await steer("run", by: ada) == 303)
        let ticks = try await console.house.drain("repazoo.retention")
        #expect(ticks.map(\.properties.type) == ["repazoo.tick.v1"])
        let deeds = try await console.house.postgres.query(
            "select action from audit_log where actor = 'repazoo-console:ada' and action like 'schedule.%' order by position"
        ).map { try $0.decode(String.self, "action") }
        #expect(deeds == ["schedule.pause", "schedule.resume", "schedule.run"])
    }

    @Test func aRunTellsItsStory() async throws {
        try await ConsoleHouse.with { console in
            let id = MessageID.random().rawValue
            try await console.house.postgres.atomically([
                """
                insert into receipts (consumer, message_id, outcome, user_id, asked_by, correlation_id, received_at, attempt,
                    reason, steps, completed_at)
                values ('ingest', \(id), 'refused', 'user-100001', 'backend', \(id), now() - interval '2 seconds', 2,
                    'consent_expired', '{120,2400,5100}', now())
                """,
                "select audit_append('repazoo-ingest', 'user-100001', 'ingest', 'refused', jsonb_build_object('message_id', \(id)::text))",
            ])
            let vera = try await console.signIn("vera")
            let listing = try await console.get("/runs?consumer=ingest&outcome=refused&search=user-100001", vera).text
            #expect(
                listing.contains("consent_expired") && listing.contains("***0001") && !listing.contains(">user-100001<")
            )
            #expect(try await console.get("/runs?outcome=done", vera).text.contains("No run fits"))
            // Nowhere in what is read; only in links and fields, which the id is needed for.
            try await DoorTests.addDeath(console)
            let letters = "/dead/letters?queue=repazoo.ingest&reason=attempts_exhausted&code=network"
            try await console.house.postgres.atomically([
                "insert into users (id) values ('user-100001')",
                "insert into data_exports (user_id, status) values ('user-100001', 'pending')",
            ])
            #expect(try await console.get("/people", vera).text.contains("***0001"), "with a deadline")
            for path in [
                "/", "/runs", "/runs/\(id)", letters, "/people", "/people?user=user-100001", "/alerts", "/compliance",
            ] {
                let page = try await console.get(path, vera).text
                let words = page.replacing(/<[^>]*>/, with: " ")
                #expect(!words.contains("user-100001"), "\(path)")
            }
            let story = try await console.get("/runs/\(id)", vera).text
            for word in ["decoded", "recognised", "admitted", "attempt 2", "backend", "repazoo-ingest"] {
                #expect(story.contains(word), "\(word)")
            }
            #expect(try await console.get("/runs/\(MessageID.random().rawValue)", vera).status == 404)
            #expect(try await console.get("/runs/nonsense", vera).status == 404)
            // Of one that died, what became of each attempt.
            try await console.house.postgres.query(
                """
                insert into dead_letters (queue, message_id, reason, code, body, user_id, headers)
                values ('repazoo.export', \(id), 'attempts_exhausted', 'network', '{}', 'user-100001',
                    '{"repazoo-history": "2026-11-23T10:00:00Z network, 2026-11-23T10:00:05Z timeout"}')
                """)
            let death = try await console.get("/runs/\(id)", vera).text
            #expect(death.contains("2026-11-23 10:00 UTC") && death.contains(#"<span class="step">timeout</span>"#))
        }
    }
}
