import FoundationEssentials
import Postgres
import TestKit
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ConsentTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let year: TimeInterval = 365 * 86_400

    @Test func eachReasonInItsOrder() async throws {
        try await SchemaScope.migrated { pool in
            #expect(try await refusal(pool, "u") == "unknown_user")
            try await pool.query("insert into users (id) values ('u')")
            #expect(try await refusal(pool, "u") == "no_consent")
            try await consent(pool, "u", at: Self.now - 10)
            #expect(try await refusal(pool, "u") == "no_subscription")
            for status in ["past_due", "cancelled"] {
                try await pool.query("insert into subscriptions (user_id, tier, status) values ('u', 'pro', \(status))")
                #expect(try await refusal(pool, "u") == "no_subscription")
            }
            try await pool.query("insert into subscriptions (user_id, tier, status) values ('u', 'basic', 'active')")
            #expect(try await refusal(pool, "u") == nil)
            try await pool.query("update oauth_tokens set revoked_at = \(Self.now - 5)")
            #expect(try await refusal(pool, "u") == "consent_revoked")
            try await pool.query("update users set erased_at = \(Self.now - 1)")
            #expect(try await refusal(pool, "u") == "user_erased")
        }
    }

    /// 365 days to the second, across a leap day and whatever the session's time zone.
    @Test(arguments: ["UTC", "Europe/Berlin", "America/St_Johns"])
    func consentLastsLessThan365Days(zone: String) async throws {
        try await SchemaScope.migrated { pool in
            try await pool.query("insert into users (id) values ('u')")
            try await pool.query("insert into subscriptions (user_id, tier, status) values ('u', 'pro', 'active')")
            try await consent(pool, "u", at: Self.now)
            let edges: [(TimeInterval, String?)] = [
                (-1, nil), (0, nil), (Self.year - 1, nil), (Self.year, "consent_expired"),
                (Self.year + 1, "consent_expired"),
            ]
            for (offset, expected) in edges {
                let found = try await pool.transaction { transaction in
                    try await transaction.query("select set_config('timezone', \(zone), true)")
                    return try await transaction.query("select consent_refusal('u', \(Self.now + offset)) as reason")[0]
                        .decode(String?.self, "reason")
                }
                #expect(found == expected, "\(offset) s after consent")
            }
        }
    }

    @Test func theLatestConsentCounts() async throws {
        try await SchemaScope.migrated { pool in
            try await pool.query("insert into users (id) values ('u')")
            try await pool.query("insert into subscriptions (user_id, tier, status) values ('u', 'pro', 'active')")
            try await consent(pool, "u", at: Self.now - 2 * Self.year)
            #expect(try await refusal(pool, "u") == "consent_expired")
            try await consent(pool, "u", at: Self.now - 1)
            #expect(try await refusal(pool, "u") == nil)
        }
    }

    @Test func nothingCommitsForAUserWithoutConsent() async throws {
        try await SchemaScope.migrated { pool in
            try await pool.query("insert into users (id) values ('u')")
            try await pool.query("insert into subscriptions (user_id, tier, status) values ('u', 'pro', 'active')")
            try await consent(pool, "u", at: Date() - 60)
            try await store(pool, "m1")
            try await pool.query("update oauth_tokens set revoked_at = now()")
            await #expect { try await store(pool, "m2") } throws: { error in
                (error as? PostgresError)?.sqlState?.rawValue == "RZ001"
            }
            let kept = try await pool.query("select array_agg(message_id) as ids from receipts")[0].decode(
                [String].self, "ids")
            #expect(kept == ["m1"])
        }
    }

    /// Revoking waits for the transaction that has asked, so there is an order between the two.
    @Test func theUsersRowIsLockedUntilTheTransactionEnds() async throws {
        try await SchemaScope.migrated { pool in
            try await pool.query("insert into users (id) values ('u')")
            try await pool.query("insert into subscriptions (user_id, tier, status) values ('u', 'pro', 'active')")
            try await consent(pool, "u", at: Date() - 60)
            try await pool.transaction { transaction in
                try await transaction.query("select require_consent('u')")
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.transaction { other in
                        try await other.query("select from users where id = 'u' for update nowait")
                    }
                }
                #expect(error?.sqlState?.rawValue == "55P03")
            }
        }
    }

    @Test func manyAreAnsweredInTheirOrder() async throws {
        try await SchemaScope.migrated { pool in
            try await pool.query("insert into users (id) select unnest(array['a', 'b', 'c'])")
            try await consent(pool, "a", at: Self.now - 10)
            try await consent(pool, "b", at: Self.now - Self.year)
            try await pool.query("insert into subscriptions (user_id, tier, status) values ('a', 'pro', 'active')")
            let users = ["c", "a", "nobody", "b", "a", "a"]
            let times = [Self.now, Self.now, Self.now, Self.now, Self.now + Self.year, Self.now - 5]
            let rows = try await pool.query(
                "select reason from consent_refusals(\(users)::text[], \(times)::timestamptz[]) order by n")
            #expect(
                try rows.map { try $0.decode(String?.self, "reason") } == [
                    "no_consent", nil, "unknown_user", "consent_expired", "consent_expired", nil,
                ])
        }
    }

    @Test(arguments: [false, true])
    func aGroupBeginsWithTheLocksAndTheConsentOfAll(isFirstEntry: Bool) async throws {
        try await SchemaScope.migrated { pool in
            try await pool.query("insert into users (id) select unnest(array['a', 'b'])")
            try await pool.query(
                "insert into subscriptions (user_id, tier, status) select id, 'pro', 'active' from users")
            try await consent(pool, "a", at: Date() - 60)
            if !isFirstEntry {
                try await pool.query(
                    "insert into audit_heads (user_id, position, hash) values ('a', 0, ''), ('b', 0, '')")
            }
            await #expect { try await pool.query(Self.beginning(required: [true, true])) } throws: { error in
                (error as? PostgresError)?.sqlState?.rawValue == "RZ001"
            }
            try await pool.transaction { transaction in
                try await transaction.query(Self.beginning(required: [true, false]))
                for (row, isLocked) in [
                    ("select from users where id = 'a' for no key update", true),
                    ("select from users where id = 'b' for no key update", false),
                ] {
                    #expect(try await isRefused(SQL(trusted: row), pool) == isLocked, "\(row)")
                }
                let lock = try await isRefused("select audit_lock('b')", pool)
                #expect(lock, "the head is locked without consent too")
            }
        }
    }

    private static func beginning(required: [Bool]) -> SQL {
        "select begin_jobs(array['a', 'b'], \(required)::boolean[], array[true, true])"
    }

    private func isRefused(_ sql: SQL, _ pool: PostgresPool) async throws -> Bool {
        do {
            try await pool.transaction { transaction in
                try await transaction.query("set local lock_timeout = '50ms'")
                try await transaction.query(sql)
            }
            return false
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            return true
        }
    }

    private func refusal(_ pool: PostgresPool, _ user: String) async throws -> String? {
        try await pool.query("select consent_refusal(\(user), \(Self.now)) as reason")[0].decode(String?.self, "reason")
    }

    private func consent(_ pool: PostgresPool, _ user: String, at time: Date) async throws {
        try await pool.query(
            "insert into oauth_tokens (user_id, access_token, consented_at) values (\(user), 'x', \(time))")
    }

    private func store(_ pool: PostgresPool, _ message: String) async throws {
        try await pool.atomically([
            "insert into receipts (consumer, message_id, outcome) values ('ingest', \(message), 'done')",
            "select require_consent('u')",
        ])
    }
}
