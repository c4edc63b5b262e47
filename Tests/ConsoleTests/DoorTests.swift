import Contracts
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// Who gets in, and what they may do there.
@Suite(.timeLimit(.minutes(4))) struct DoorTests {
    @Test func nobodyComesInWithoutSigningIn() async throws {
        try await ConsoleHouse.with { console in
            for path in ["/", "/runs", "/dead", "/alerts", "/people?user=user-1", "/compliance", "/live/overview"] {
                let answer = try await console.get(path)
                #expect(answer.status == 303 && answer.headers["location"]?.hasPrefix("/sign-in") == true, "\(path)")
            }
            #expect(try await console.get("/", "__Host-repazoo=" + String(repeating: "a", count: 64)).status == 303)
            #expect(try await console.post("/dead/settle", [("do", "discard")]).status == 401)
            let page = try await console.get("/sign-in")
            #expect(page.status == 200)
            #expect(
                page.headers["content-security-policy"]
                    == "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
            #expect(!page.text.contains("<script>") && !page.text.contains(" style=") && !page.text.contains("onclick"))
            #expect(page.headers["x-content-type-options"] == "nosniff" && page.headers["cache-control"] == "no-store")
            #expect(page.headers["strict-transport-security"] == "max-age=31536000")

            let wrong = try await console.post("/sign-in", [("name", "ada"), ("password", "wrong")])
            let nobody = try await console.post("/sign-in", [("name", "nobody"), ("password", "wrong")])
            #expect(wrong.status == 403 && nobody.status == 403)
            #expect(wrong.text.replacing("ada", with: "") == nobody.text.replacing("nobody", with: ""))
            let trail = try await console.house.postgres.query(
                "select actor, outcome, detail->>'reason' as reason from audit_log where action = 'console.sign_in' order by at"
            )
            #expect(
                try trail.map { try $0.decode(String.self, "actor") } == ["repazoo-console:ada", "repazoo-console"])
            #expect(try trail.map { try $0.decode(String.self, "reason") } == ["wrong_password", "wrong_password"])
        }
    }

    @Test func aSessionBeginsIsBoundAndEnds() async throws {
        try await ConsoleHouse.with { console in
            let answer = try await console.post(
                "/sign-in", [("name", "ada"), ("password", ConsoleHouse.password), ("next", "//evil.example/")])
            #expect(answer.headers["location"] == "/")
            let header = try #require(answer.headers["set-cookie"])
            #expect(header.hasPrefix("__Host-repazoo="))
            for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Secure"] {
                #expect(header.contains(part), "\(part)")
            }
            let cookie = String(header.prefix { $0 != ";" })
            #expect(try await console.get("/runs", cookie).status == 200)

            // The table knows no token, only digests.
            let token = cookie.split(separator: "=")[1]
            #expect(
                try await console.house.number(
                    "select count(*) from console_sessions where token_hash = \(String(token)) or form_token = \(String(token))"
                ) == 0)

            // An old token is renewed, and the new one goes on in the same session.
            try await console.house.postgres.query(
                "update console_sessions set made_at = made_at - interval '16 minutes'")
            let renewal = try await console.get("/runs", cookie)
            let renewed = String(try #require(renewal.headers["set-cookie"]).prefix { $0 != ";" })
            #expect(renewed != cookie)
            #expect(try await console.get("/runs", renewed).status == 200)
            #expect(try await console.get("/runs", cookie).status == 200)
            try await console.house.postgres.query(
                "update console_sessions set expires_at = now() - interval '1 second' where renewed_at is not null")
            #expect(try await console.get("/runs", cookie).status == 303)

            let form = try await console.formToken(renewed)
            #expect(try await console.post("/sign-out", [("form_token", form)], renewed).status == 303)
            #expect(try await console.get("/runs", renewed).status == 303)
            #expect(
                try await console.house.number(
                    "select count(*) from audit_log where actor = 'repazoo-console:ada' and action = 'console.sign_out'"
                ) == 1)
        }
    }

    @Test func aFormOfAnotherSiteOrSessionChangesNothing() async throws {
        try await ConsoleHouse.with { console in
            try await Self.addDeath(console)
            let (ada, vera) = (try await console.signIn("ada"), try await console.signIn("vera"))
            let (adas, veras) = (try await console.formToken(ada), try await console.formToken(vera))
            let deed = [
                ("queue", "repazoo.ingest"), ("reason", "attempts_exhausted"), ("code", "network"), ("which", "all"),
                ("do", "discard"), ("note", "test"),
            ]
            #expect(try await console.post("/dead/settle", deed, ada).status == 403)
            #expect(try await console.post("/dead/settle", deed + [("form_token", veras)], ada).status == 403)
            #expect(
                try await console.post("/dead/settle", deed + [("form_token", adas)], ada, from: "cross-site").status
                    == 403)
            // A viewer has no such right, whatever form they send.
            #expect(try await console.post("/dead/settle", deed + [("form_token", veras)], vera).status == 403)
            #expect(try await console.house.number("select count(*) from dead_letters where status = 'new'") == 1)

            let done = try await console.post("/dead/settle", deed + [("form_token", adas)], ada, from: "same-origin")
            #expect(done.status == 303)
            #expect(try await console.house.number("select count(*) from dead_letters where status = 'discarded'") == 1)
            #expect(
                try await console.house.number(
                    "select count(*) from audit_log where actor = 'repazoo-console:ada' and action = 'dead.discard'")
                    == 1)
        }
    }

    /// Nobody is signed in under a stranger's name by a stranger's page; and nothing longer than a form is taken in.
    @Test func aStrangersPageSignsNobodyIn() async throws {
        try await ConsoleHouse.with { console in
            let fields = [("name", "ada"), ("password", ConsoleHouse.password)]
            let strange = try await console.post("/sign-in", fields, from: "cross-site")
            #expect(strange.status == 403 && strange.headers["set-cookie"] == nil)
            let long = try await console.post("/sign-in", fields + [("x", String(repeating: "x", count: 1 << 16))])
            #expect(long.status == 413 && long.headers["set-cookie"] == nil)
            let (first, second) = (try await console.signIn("ada"), try await console.signIn("ada"))
            #expect(first != second, "each session has a token of its own")
            // Whoever is no longer in the file is out, and whoever has another role has it at once.
            try await console.house.postgres.query("update console_sessions set user_name = 'gone'")
            #expect(try await console.get("/runs", first).status == 303)
            try await console.house.postgres.query("update console_sessions set user_name = 'vera'")
            #expect(try await console.get("/people/confirm?do=erase&user=user-1", first).status == 403)
        }
    }

    @Test func afterFiveWrongPasswordsTheRightOneWaitsToo() async throws {
        try await ConsoleHouse.with { console in
            for _ in 0..<5 {
                #expect(try await console.post("/sign-in", [("name", "ada"), ("password", "wrong")]).status == 403)
            }
            let answer = try await console.post("/sign-in", [("name", "ada"), ("password", ConsoleHouse.password)])
            #expect(answer.status == 429 && answer.headers["set-cookie"] == nil)
            #expect(try await console.get("/runs", try await console.signIn("grace")).status == 200)
        }
    }

    static func addDeath(_ console: ConsoleHouse) async throws {
        try await console.house.postgres.query(
            """
            insert into dead_letters (queue, message_id, reason, code, body, user_id, headers)
            values ('repazoo.ingest', \(MessageID.random().rawValue), 'attempts_exhausted', 'network', '{"user_id":"user-100001"}',
                    'user-100001', '{"type":"repazoo.ingest.v1"}')
            """)
    }
}
