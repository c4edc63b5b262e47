import Contracts
import Postgres

/// The account at X that a user consented to, as the backend stored it.
struct TwitterAccount {
    let providerUserID: String
    /// Fernet text.
    let encryptedToken: String

    /// The consent given last; nil when there is none, or it names no account.
    static func read(_ user: UserID, _ postgres: PostgresPool) async throws -> TwitterAccount? {
        let row = try await postgres.query(
            SQL(
                """
                select provider_user_id, access_token from oauth_tokens
                where user_id = \(user.rawValue) and provider = 'twitter' and provider_user_id is not null
                order by consented_at desc limit 1
                """
            ).named("twitter_account")
        ).first
        guard let row else { return nil }
        return TwitterAccount(
            providerUserID: try row.decode(String.self, "provider_user_id"),
            encryptedToken: try row.decode(String.self, "access_token"))
    }
}
