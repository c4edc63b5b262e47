import Foundation
import HTTPTransport
import Postgres
import Privacy

// The people of a house, and the sandbox that plays their accounts.
extension House {
    /// A user who consented now, subscribed to `tier`, whose account at X is the number `account`.
    ///
    /// - Parameter expiresIn: When the access token ends, in seconds, at X and as the database knows it (`storedAs`).
    package func addUser(
        _ id: String, account: String, mood: String = "mixed", tweets: Int = 40, tier: String = "pro",
        expiresIn: Int = 7200, storedAs: Int? = nil
    ) async throws {
        let refresh = try vault.encrypt(SecretString("sandbox-refresh-\(account)"), at: Date())
        let token = try vault.encrypt(SecretString("sandbox-\(account)"), at: Date())
        try await postgres.atomically([
            "insert into users (id, handle, display_name, email) values (\(id), \("canaryhandle"), \("Canary Q. Person"), \("canary@example.org"))",
            """
            insert into oauth_tokens (user_id, provider_user_id, access_token, refresh_token, scopes, expires_at)
            values (\(id), \(account), \(token), \(refresh), 'tweet.read offline.access',
                    now() + make_interval(secs => \(Double(storedAs ?? expiresIn))))
            """,
            "insert into subscriptions (user_id, tier, status) values (\(id), \(tier), 'active')",
        ])
        let body = """
            {"id":"\(account)","username":"canaryhandle","access_token":"sandbox-\(account)","refresh_token":"sandbox-refresh-\(account)","expires_in":\(expiresIn),"tweets":\(tweets),"mood":"\(mood)"}
            """
        let answer = try await http.send(
            HTTPRequest(
                .post, sandboxURL + "/sandbox/users", headers: ["content-type": "application/json"],
                body: .bytes(Array(body.utf8))))
        guard (200..<300).contains(answer.status) else {
            throw HouseFault(text: "the sandbox refused the user: \(String(decoding: answer.body, as: UTF8.self))")
        }
    }

    /// So many users `user-1` … who consented and subscribed, without accounts at X.
    package func addUsers(_ count: Int) async throws {
        try await postgres.query(
            """
            with made as (insert into users (id) select 'user-' || n from generate_series(1, \(count)) n returning id),
            tokens as (insert into oauth_tokens (user_id, access_token) select id, '' from made)
            insert into subscriptions (user_id, tier, status) select id, 'pro', 'active' from made
            """)
    }

    package func setFaults(_ spec: String?) async throws {
        let url = sandboxURL + "/sandbox/faults"
        let answer = try await http.send(
            spec.map { HTTPRequest(.put, url, body: .bytes(Array($0.utf8))) } ?? HTTPRequest(.delete, url))
        guard (200..<300).contains(answer.status) else { throw HouseFault(text: "the sandbox refused the faults") }
    }
}
