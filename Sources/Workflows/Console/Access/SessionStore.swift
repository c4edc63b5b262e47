import Crypto
import Postgres

/// Sessions, in PostgreSQL: any copy of the console knows them, and signing out ends one everywhere. The cookie's token is stored
/// as its SHA-256 only, so that whoever reads the table cannot take a session over.
///
/// A token is renewed after 15 minutes of use; the old one is good for another minute, for requests that were on their way.
struct SessionStore: Sendable {
    static let renewal = Duration.seconds(900)

    let postgres: PostgresPool
    let directory: UserDirectory
    /// How long a session lasts without being used.
    let lifetime: Duration
    /// Whether people of the provider's are let in: sessions of theirs end when it is no longer set up.
    let takesOpenID: Bool

    /// - Returns: The token for the cookie.
    func begin(_ entry: UserDirectory.Entry) async throws -> String { try await begin(entry.name, nil) }

    /// Somebody of the provider's, in the role that it gave them today: such a session ends after `lifetime`, used or not, so that
    /// who has left the organisation is out by then.
    func begin(openID name: String, _ role: ConsoleRole) async throws -> String { try await begin(name, role) }

    private func begin(_ name: String, _ role: ConsoleRole?) async throws -> String {
        let token = Self.randomToken()
        let seconds = lifetime / .seconds(1)
        let session = SQL(
            """
            insert into console_sessions (token_hash, session_id, user_name, form_token, openid_role, expires_at, ends_at)
            values (\(Self.hash(token)), \(Self.randomToken()), \(name), \(Self.randomToken()), \(role?.rawValue),
                    now() + make_interval(secs => \(seconds)),
                    case when \(role != nil) then now() + make_interval(secs => \(seconds)) end)
            """)
        try await postgres.atomically(["delete from console_sessions where expires_at < now()", session])
        return token
    }

    /// Nil for a token that is none, or no more; and for somebody who is not in the directory any more. The role is the
    /// directory's of today, or the provider's of when the session began.
    ///
    /// - Parameter isUse: False for what a page does by itself: a page left open keeps no session alive.
    func session(_ token: String, isUse: Bool = true) async throws -> ConsoleSession? {
        let row = try await postgres.query(
            SQL(
                """
                update console_sessions set seen_at = now(),
                    expires_at = case when \(isUse) and renewed_at is null
                        then least(now() + make_interval(secs => \(lifetime / .seconds(1))), ends_at) else expires_at end
                where token_hash = \(Self.hash(token)) and expires_at > now()
                returning session_id, user_name, form_token, openid_role,
                    \(isUse) and renewed_at is null and made_at < now() - make_interval(secs => \(Self.renewal / .seconds(1))) as is_old
                """
            ).named("console_session")
        ).first
        guard let row else { return nil }
        let name = try row.decode(String.self, "user_name")
        guard let role = role(of: name, openID: try row.decode(String?.self, "openid_role")) else { return nil }
        var session = ConsoleSession(
            id: try row.decode(String.self, "session_id"), name: name, role: role,
            formToken: try row.decode(String.self, "form_token"))
        if try row.decode(Bool.self, "is_old") { session.renewedToken = try await renew(token) }
        return session
    }

    private func role(of name: String, openID role: String?) -> ConsoleRole? {
        guard let role else { return directory[name]?.role }
        return takesOpenID ? ConsoleRole(rawValue: role) : nil
    }

    /// Ends the session, whichever of its tokens is shown.
    func end(_ session: ConsoleSession) async throws {
        try await postgres.query("delete from console_sessions where session_id = \(session.id)")
    }

    /// Nil when another request was quicker.
    private func renew(_ token: String) async throws -> String? {
        let next = Self.randomToken()
        let rows = try await postgres.query(
            """
            with old as (
                update console_sessions set renewed_at = now(), expires_at = now() + interval '1 minute'
                where token_hash = \(Self.hash(token)) and renewed_at is null
                returning session_id, user_name, form_token, openid_role, ends_at
            )
            insert into console_sessions (token_hash, session_id, user_name, form_token, openid_role, expires_at, ends_at)
            select \(Self.hash(next)), session_id, user_name, form_token, openid_role,
                   least(now() + make_interval(secs => \(lifetime / .seconds(1))), ends_at), ends_at
            from old returning token_hash
            """)
        return rows.isEmpty ? nil : next
    }

    static func hash(_ token: String) -> String {
        SHA256.hash(data: Array(token.utf8)).withUnsafeBytes { hexadecimal($0) }
    }

    /// 256 random bits.
    static func randomToken() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { hexadecimal($0) }
    }

    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
