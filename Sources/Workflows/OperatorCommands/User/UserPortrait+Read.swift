import Contracts
import FoundationEssentials
import Postgres

extension UserPortrait {
    /// Nil when there is no such user.
    static func read(_ id: UserID, _ postgres: PostgresPool, now: Date) async throws -> UserPortrait? {
        let user = id.rawValue
        let period = String(RFC3339.text(now).prefix(7))
        let results = try await postgres.atomically([
            "select handle, email, created_at, last_active_at, erased_at from users where id = \(user)",
            """
            select consented_at, consent_version, revoked_at, expires_at from oauth_tokens
            where user_id = \(user) and provider = 'twitter' order by consented_at desc limit 1
            """,
            """
            select tier, status, current_period_end from subscriptions where user_id = \(user)
            order by status = 'active' desc, tier desc limit 1
            """,
            "select consent_refusal(\(user), now()) as refusal",
            "select used, quota from usage where user_id = \(user) and period = \(period)",
            holdings(user),
        ])
        guard let account = results[0].first else { return nil }
        return UserPortrait(
            id: id, handle: try account.decode(String?.self, "handle"),
            email: try account.decode(String?.self, "email"),
            createdAt: try account.decode(Date.self, "created_at"),
            lastActiveAt: try account.decode(Date?.self, "last_active_at"),
            erasedAt: try account.decode(Date?.self, "erased_at"),
            consent: try results[1].first.map {
                Consent(
                    givenAt: try $0.decode(Date.self, "consented_at"),
                    version: try $0.decode(String?.self, "consent_version"),
                    revokedAt: try $0.decode(Date?.self, "revoked_at"),
                    tokenExpiresAt: try $0.decode(Date?.self, "expires_at"))
            },
            subscription: try results[2].first.map {
                Subscription(
                    tier: try $0.decode(String.self, "tier"), status: try $0.decode(String.self, "status"),
                    periodEnd: try $0.decode(Date?.self, "current_period_end"))
            },
            refusal: try results[3][0].decode(String?.self, "refusal"),
            quota: try results[4].first.map { (try $0.decode(Int.self, "used"), try $0.decode(Int.self, "quota")) },
            holdings: try results[5].map {
                Holding(
                    what: try $0.decode(String.self, "what"), count: try $0.decode(Int.self, "count"),
                    oldest: try $0.decode(Date?.self, "oldest"), keptUntil: try $0.decode(Date?.self, "kept_until"))
            })
    }

    /// Every kind of data that is held of a user, empty ones too: that nothing is held is a statement.
    private static func holdings(_ user: String) -> SQL {
        """
        select 'tweets' as what, count(*) as count, min(collected_at) as oldest, max(retain_until) as kept_until
            from twitter_data where user_id = \(user)
        union all select 'analyses', count(*), min(created_at), max(retain_until) from analyses where user_id = \(user)
        union all select 'exports', count(*), min(requested_at), max(expires_at) from data_exports where user_id = \(user)
        union all select 'dead letters', count(*), min(least(greatest(died_at, '0001-01-01'), '9999-12-31')), null from dead_letters where user_id = \(user)
        union all select 'audit entries', count(*), min(at), null from audit_log where user_id = \(user)
        """
    }
}
