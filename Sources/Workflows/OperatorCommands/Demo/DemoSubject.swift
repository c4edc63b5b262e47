import Contracts
import FoundationEssentials
import Postgres
import Privacy
import TokenVault

/// The demo's user, as the backend would have written it after its sign-up.
struct DemoSubject: Sendable {
    let user: UserID
    let providerUserID = "2244994945"
    let handle = "ada_demo"
    let displayName = "Ada Demo"
    let email = "ada.demo@example.com"

    /// Refuses a database that has other people in it: it is not the demo's.
    func claim(_ postgres: PostgresPool) async throws {
        let exists = try await postgres.query("select to_regclass('users') is not null as there")[0]
        guard try exists.decode(Bool.self, "there") else { return }
        let others = try await postgres.query(
            "select exists (select from users where id <> \(user.rawValue)) as others")[0]
        if try others.decode(Bool.self, "others") {
            throw CommandFault(
                "DATABASE_URL names a database with users that are not the demo's; give it one of its own (make demo does)",
                .configuration)
        }
    }

    func store(in postgres: PostgresPool, encryptedBy key: String, at now: Date) async throws {
        let vault = try TokenVault(keys: SecretString(key))
        let token = try vault.encrypt(SecretString("sandbox-\(providerUserID)"), at: now)
        try await postgres.atomically([
            """
            insert into users (id, handle, display_name, email, last_active_at)
            values (\(user.rawValue), \(handle), \(displayName), \(email), \(now)) on conflict (id) do nothing
            """,
            """
            insert into oauth_tokens (user_id, provider_user_id, access_token, scopes, expires_at, consented_at, consent_version)
            values (\(user.rawValue), \(providerUserID), \(token), 'tweet.read users.read offline.access',
                \(now.addingTimeInterval(7200)), \(now), '1')
            """,
            """
            insert into subscriptions (user_id, tier, status, current_period_end)
            select \(user.rawValue), 'pro', 'active', \(now.addingTimeInterval(30 * 86400))
            where not exists (select from subscriptions where user_id = \(user.rawValue) and status = 'active')
            """,
        ])
    }
}
