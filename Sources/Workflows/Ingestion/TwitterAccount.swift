import Contracts
import FoundationEssentials
import Isolation
import Postgres

/// The account at X that a user consented to, as the backend stored it. Tokens are Fernet text.
struct TwitterAccount {
    let rowID: String
    let providerUserID: String
    let accessToken: String
    let refreshToken: String?
    let plan: TokenPlan

    /// The consent given last; nil when there is none, or it names no account.
    static func read(_ rows: UserRows) async throws -> TwitterAccount? {
        let row = try await rows.query(
            SQL(
                """
                select id, provider_user_id, access_token, refresh_token, expires_at,
                       case when refresh_sent_for = token_mark(refresh_token) then refresh_sent_at end as sent_at
                from oauth_tokens
                where user_id = \(rows.user.rawValue) and provider = 'twitter' and provider_user_id is not null
                order by consented_at desc limit 1
                """
            ).named("twitter_account")
        ).first
        guard let row else { return nil }
        let refreshToken = try row.decode(String?.self, "refresh_token")
        return TwitterAccount(
            rowID: try row.decode(String.self, "id"),
            providerUserID: try row.decode(String.self, "provider_user_id"),
            accessToken: try row.decode(String.self, "access_token"), refreshToken: refreshToken,
            plan: TokenPlan(
                expiresAt: try row.decode(Date?.self, "expires_at"), hasRefreshToken: refreshToken != nil,
                sentAt: try row.decode(Date?.self, "sent_at")))
    }
}

/// Statements on the row of one account. Each names the refresh token that it is about: a consent given anew in the meantime
/// has another, and is left alone.
enum TokenRows {
    /// False when it was noted before, or the row has changed.
    static func noteSending(_ account: TwitterAccount, _ rows: UserRows) async throws -> Bool {
        try await rows.query(
            SQL(
                """
                update oauth_tokens set refresh_sent_at = now(), refresh_sent_for = token_mark(refresh_token)
                where id = \(account.rowID) and refresh_token = \(account.refreshToken) and revoked_at is null
                  and refresh_sent_for is distinct from token_mark(refresh_token)
                returning id
                """
            ).named("token_note_sending")
        ).first != nil
    }

    static func forgetSending(_ account: TwitterAccount) -> SQL {
        SQL(
            """
            update oauth_tokens set refresh_sent_at = null, refresh_sent_for = null
            where id = \(account.rowID) and refresh_token = \(account.refreshToken)
            """
        ).named("token_forget_sending")
    }

    /// The answer will not come: nobody need wait for it.
    static func noteLoss(_ account: TwitterAccount) -> SQL {
        SQL(
            """
            update oauth_tokens set refresh_sent_at = 'epoch'
            where id = \(account.rowID) and refresh_token = \(account.refreshToken)
            """
        ).named("token_note_loss")
    }

    /// X gives a new refresh token with each access token; without one the user has to consent anew when this one ends.
    static func store(access: String, refresh: String?, expiresAt: Date, of account: TwitterAccount) -> SQL {
        SQL(
            """
            update oauth_tokens set access_token = \(access), refresh_token = \(refresh), expires_at = \(expiresAt),
                refresh_sent_at = null, refresh_sent_for = null, updated_at = now()
            where id = \(account.rowID) and refresh_token = \(account.refreshToken)
            """
        ).named("token_store")
    }

    static func revoke(_ account: TwitterAccount) -> SQL {
        SQL(
            """
            update oauth_tokens set revoked_at = now(), updated_at = now()
            where id = \(account.rowID) and refresh_token = \(account.refreshToken) and revoked_at is null
            """
        ).named("token_revoke")
    }
}
