import Crypto
import FoundationEssentials
import Hummingbird
import Postgres

/// Sign-ins that have left for the provider and are not back yet: each comes back once, within ten minutes, to the browser that it
/// left from.
///
/// The table knows digests only. What proves the browser is in its cookie, and what the provider is told (nonce, PKCE's challenge)
/// is made from that: whoever reads the table can finish nothing.
struct PendingSignIns: Sendable {
    /// What one sign-in is known by.
    struct Mark: Sendable {
        let state: String
        /// In the browser's cookie; one for all sign-ins of a browser, so that two tabs do not disturb each other.
        let browser: String

        var nonce: String { derived("nonce") }
        /// RFC 7636, section 4.1: 43 letters.
        var verifier: String { derived("verifier") }
        /// Section 4.2, method S256.
        var challenge: String { Base64URL.encode(SHA256.hash(data: Array(verifier.utf8))) }

        private func derived(_ use: String) -> String {
            let key = SymmetricKey(data: Array(browser.utf8))
            return Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Array("\(use) \(state)".utf8), using: key))
        }
    }

    /// More than will ever be under way: beyond, the oldest give way.
    private static let most = 10_000

    let postgres: PostgresPool

    /// - Parameter next: Where to go afterwards.
    func begin(from browser: String?, next: String) async throws -> Mark {
        let mark = Mark(state: SessionStore.randomToken(), browser: browser ?? SessionStore.randomToken())
        try await postgres.atomically([
            """
            delete from console_sign_ins where begun_at <= coalesce(
                (select begun_at from console_sign_ins order by begun_at desc offset \(Self.most) limit 1), '-infinity')
                or begun_at < now() - interval '10 minutes'
            """,
            """
            insert into console_sign_ins (state_hash, browser_hash, next)
            values (\(SessionStore.hash(mark.state)), \(SessionStore.hash(mark.browser)), \(next))
            """,
        ])
        return mark
    }

    /// Nil for a state that is none, is spent, is too old or belongs to another browser.
    func take(_ mark: Mark) async throws -> String? {
        try await postgres.query(
            """
            delete from console_sign_ins where state_hash = \(SessionStore.hash(mark.state))
                and browser_hash = \(SessionStore.hash(mark.browser)) and begun_at > now() - interval '10 minutes'
            returning next
            """
        ).first?.decode(String.self, "next")
    }
}
