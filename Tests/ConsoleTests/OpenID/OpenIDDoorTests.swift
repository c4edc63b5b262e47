import Foundation
import HTTPTransport
import HouseKit
import Postgres
import Testing

/// Signing in by a provider, at the console's own door.
@Suite(.timeLimit(.minutes(4))) struct OpenIDDoorTests {
    @Test func whomTheProviderKnowsIsLetInInTheirRole() async throws {
        try await PlayedProvider.with { played in
            try await ConsoleHouse.with(openID: played) { console in
                try await Self.letsIn(console, played)
                try await Self.refuses(console, played)
                try await Self.keepsToItself(console, played)
            }
        }
    }

    private static func letsIn(_ console: ConsoleHouse, _ played: PlayedProvider) async throws {
        #expect(try await console.get("/sign-in").text.contains("Sign in with Acme"))
        let trip = try await leave(console, next: "/runs?outcome=done")
        for part in ["response_type=code", "code_challenge_method=S256", "scope=openid%20profile", "client_id=console"]
        {
            #expect(trip.place.contains(part), "\(part)")
        }
        #expect(trip.place.hasPrefix("http://localhost") && trip.place.contains("tenant=1&"))
        #expect(trip.cookie.contains("HttpOnly") && trip.cookie.contains("SameSite=Lax"))
        let back = try await returned(trip, console)
        #expect(back.status == 200 && back.headers["refresh"] == "0; url=/runs?outcome=done")
        let cookie = try #require(back.headers["set-cookie"])
        for part in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(cookie.contains(part), "\(part)") }
        let session = String(cookie.prefix { $0 != ";" })
        let page = try await console.get("/people", session)
        #expect(page.status == 200 && page.text.contains("openid:iris") && page.text.contains("privacy officer"))
        #expect(try await trail(console) == ["repazoo-console:openid:iris done 00u1"])
        // Such a session ends for good, however much it is used.
        try await console.house.postgres.query("update console_sessions set ends_at = now() + interval '1 minute'")
        _ = try await console.get("/runs", session)
        #expect(
            try await console.house.number(
                "select count(*) from console_sessions where expires_at > now() + interval '61 seconds'") == 0)
        // And who has a password comes in as ever.
        #expect(try await console.get("/runs", try await console.signIn("ada")).status == 200)
    }

    private static func refuses(_ console: ConsoleHouse, _ played: PlayedProvider) async throws {
        let before = try await trail(console).count
        let trip = try await leave(console)
        let place = try await callback(trip, console)
        // Of another browser, and of none.
        #expect(try await console.get(place).status == 403)
        #expect(try await console.get(place, "repazoo-openid=" + String(repeating: "a", count: 64)).status == 403)
        #expect(try await console.get(place, trip.pair).headers["refresh"] == "0; url=/")
        // Once.
        let replayed = try await console.get(place, trip.pair)
        #expect(replayed.status == 403 && replayed.headers["set-cookie"] == nil)
        #expect(replayed.text.contains("out of date"))

        let slow = try await leave(console)
        let late = try await callback(slow, console)
        try await console.house.postgres.query("update console_sign_ins set begun_at = now() - interval '11 minutes'")
        #expect(try await console.get(late, slow.pair).status == 403)
        #expect(try await console.house.number("select count(*) from console_sign_ins") == 1)

        played.forge { $0.seal = .strangersKey }
        let forged = try await returned(try await leave(console), console)
        #expect(forged.status == 403 && forged.headers["set-cookie"] == nil)
        #expect(forged.text.contains("cannot be trusted") && !forged.text.contains("signature"))
        played.forge { _ in }

        played.refuse("access_denied")
        let refused = try await returned(try await leave(console), console)
        #expect(refused.status == 403 && !refused.text.contains("canary") && !refused.text.contains("access_denied"))
        played.refuse(nil)

        played.person(["sub": "00u2", "preferred_username": "joe", "groups": ["staff"]])
        let stranger = try await returned(try await leave(console), console)
        #expect(stranger.status == 403 && stranger.text.contains("no role"))
        #expect(
            try await trail(console).dropFirst(before) == [
                "repazoo-console:openid:iris done 00u1", "repazoo-console refused signature_wrong",
                "repazoo-console refused refused_by_provider", "repazoo-console refused 00u2 no_role",
            ])
        // The way there leads nowhere else afterwards.
        #expect(try await leave(console, next: "//evil.example").place.contains("localhost"))
        let home = try await console.house.number("select count(*) from console_sign_ins where next <> '/'")
        #expect(home == 0)
    }

    private static func keepsToItself(_ console: ConsoleHouse, _ played: PlayedProvider) async throws {
        let log = console.console.text()
        #expect(log.contains("no_role"))
        for secret in played.secrets + [PlayedProvider.clientSecret, "canary"] {
            #expect(!log.contains(secret), "a secret in the log")
        }
    }

    // MARK: The way

    private struct Trip {
        /// At the provider.
        let place: String
        let cookie: String
        var pair: String { String(cookie.prefix { $0 != ";" }) }
    }

    private static func leave(_ console: ConsoleHouse, next: String = "/") async throws -> Trip {
        let query = next.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let answer = try await console.get("/sign-in/openid?next=" + query)
        #expect(answer.status == 303)
        return Trip(
            place: try #require(answer.headers["location"]), cookie: try #require(answer.headers["set-cookie"]))
    }

    /// Where the provider sends the browser back to.
    private static func callback(_ trip: Trip, _ console: ConsoleHouse) async throws -> String {
        let answer = try await console.house.http.send(HTTPRequest(.get, trip.place))
        let location = try #require(answer.headers["location"])
        #expect(location.hasPrefix(console.url))
        return String(location.dropFirst(console.url.count))
    }

    private static func returned(_ trip: Trip, _ console: ConsoleHouse) async throws -> HTTPResponse {
        try await console.get(try await callback(trip, console), trip.pair)
    }

    private static func trail(_ console: ConsoleHouse) async throws -> [String] {
        try await console.house.postgres.query(
            """
            select concat_ws(' ', actor, outcome, detail->>'subject', detail->>'reason') as line from audit_log
            where action = 'console.sign_in' and detail->>'way' = 'openid' order by position
            """
        ).map { try $0.decode(String.self, "line") }
    }
}
