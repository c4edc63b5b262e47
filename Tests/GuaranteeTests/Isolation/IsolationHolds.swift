import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// Guarantee 10: no job reads or writes another user's rows, by role and the user that it works for; each program has only the
/// rights that it needs, in the database and on the broker.
@Suite(.timeLimit(.minutes(5)))
struct IsolationHolds {
    /// Only the database is asked.
    static var plan: House.Plan {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        return plan
    }

    /// Every table under row-level security by user, whoever made it: with somebody else's id, or none, it is empty, and nothing
    /// can be changed in it.
    @Test func aProgramForOneUserSeesAndWritesNobodyElse() async throws {
        try await House.with(Self.plan) { house in
            try await house.fillTwoUsers()
            for role in ["ingest", "analyze", "export"] {
                let pool = house.login(role)
                for (table, column) in try await Self.tables(house) where try await house.may(role, "select", table) {
                    let (mine, others, unset) = try await Self.counts(pool, table, column)
                    let all = try await house.number(
                        "select count(*) from \(identifier: table) where \(identifier: column) = 'user-a'")
                    #expect(mine == all, "\(role): \(table) shows the user's own rows")
                    #expect(others == 0 && unset == 0, "\(role): \(table) shows rows of somebody else")
                }
                await pool.close()
            }
        }
    }

    @Test func aRowForSomebodyElseCannotBeWritten() async throws {
        try await House.with(Self.plan) { house in
            try await house.fillTwoUsers()
            let ingest = house.login("ingest")
            let insert: SQL =
                "insert into twitter_data (user_id, tweet_id, text, retain_until) values ('user-b', '77', 'x', now())"
            await Self.expectRefusal { try await ingest.atomically([Self.scope("user-a"), insert]) }
            await Self.expectRefusal { try await ingest.query(insert) }
            try await ingest.atomically([Self.scope("user-b"), insert])
            // A forgotten `where`: only the user's own rows change.
            let changed = try await ingest.atomically([
                Self.scope("user-a"), "update twitter_data set lang = 'xx'",
                "update oauth_tokens set expires_at = null",
            ])
            #expect(changed.map(\.affected) == [1, 2, 1])
            #expect(
                try await house.number("select count(*) from twitter_data where lang = 'xx' and user_id <> 'user-a'")
                    == 0)
            // Not onto somebody else either, and the setting is gone with its transaction.
            await Self.expectRefusal {
                try await ingest.atomically([
                    Self.scope("user-a"),
                    "insert into receipts (consumer, message_id, outcome) values ('export', 'm', 'done')",
                ])
            }
            #expect(try await ingest.query("select count(*) from twitter_data")[0].decode(Int.self, at: 0) == 0)
            await ingest.close()

            let analyze = house.login("analyze")
            await Self.expectRefusal {
                try await analyze.atomically([Self.scope("user-a"), "select charge_quota('user-b', '2026-11', 30)"])
            }
            await analyze.close()
        }
    }

    /// Erasure reaches every table with rows of users, also those to come; what holds none is none of its business.
    @Test func retentionDeletesWhereRowsOfUsersAre() async throws {
        try await House.with(Self.plan) { house in
            try await house.postgres.atomically([
                "create table test_notes (id bigint, user_id text)", "select isolate_by_user('test_notes')",
                "create table test_counts (id bigint)", "grant select on test_notes to repazoo_ingest",
                "insert into test_notes values (1, 'user-a'), (2, 'user-b')",
            ])
            let ingest = house.login("ingest")
            let (mine, others, unset) = try await Self.counts(ingest, "test_notes", "user_id")
            #expect(mine == 1 && others == 0 && unset == 0, "a table to come is as isolated as the others")
            await ingest.close()
            let kept = ["users", "erasures", "legal_holds"]
            #expect(
                try await house.words(
                    """
                    select c.relname::text from pg_class c
                    join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
                    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                        and c.relname not like 'audit\\_%' and c.relname <> all (\(kept)::text[])
                        and not (has_column_privilege('repazoo_retention', c.oid, a.attnum, 'SELECT')
                            and has_table_privilege('repazoo_retention', c.oid, 'DELETE'))
                    """) == [], "erasure would not reach these")
            #expect(
                try await house.words(
                    """
                    select c.relname::text from pg_class c
                    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                        and has_table_privilege('repazoo_retention', c.oid, 'DELETE') and not exists (
                            select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped)
                    """) == [], "these hold no rows of users")
        }
    }

    /// What runs as the owner of the tables must not be led astray by whoever calls it.
    @Test func functionsOfTheOwnerArePinnedAndNobodyElsesToCall() async throws {
        try await House.with(Self.plan) { house in
            #expect(
                try await house.words(
                    """
                    select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
                        and not coalesce(proconfig::text like '%search_path=public, pg_temp%', false)
                    """) == [], "a search path that a caller's temporary tables come before")
            #expect(
                try await house.words(
                    """
                    select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace and exists (
                        select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0)
                    """) == [], "functions that everybody may call")
            // A table of the caller's own under the same name is not taken for the real one.
            let ingest = house.login("ingest")
            try await ingest.transaction { transaction in
                try await transaction.query(
                    "create temporary table audit_heads (user_id text, position bigint, hash text, chain bigint)")
                try await transaction.query("create temporary table users (id text, erased_at timestamptz)")
                try await transaction.query("insert into users values ('nobody', null)")
                try await transaction.query("select audit_append('repazoo-ingest', 'user-a', 'test', 'done', '{}')")
                let refusal = try await transaction.query("select consent_refusal('nobody', now())")[0]
                #expect(try refusal.decode(String?.self, at: 0) == "unknown_user")
            }
            await ingest.close()
            #expect(try await house.auditChainsHold())
        }
    }

    /// The document says what is so: a right that came without being written down is seen.
    @Test func theDocumentSaysWhoMayDoWhat() async throws {
        try await House.with(Self.plan) { house in
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent().appending(path: "topology/access.md")
            let said = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            let isSo = try await house.words(Self.tableRights) + house.words(Self.functionRights)
            let missing = isSo.filter { !said.contains($0) }
            let wrong = said.filter {
                $0.hasSuffix(" |") && $0.split(separator: "|", omittingEmptySubsequences: false).count == 13
            }
            .filter { !$0.hasPrefix("| |") && !$0.hasPrefix("| ---") && !isSo.contains($0) }
            #expect(missing == [], "lines to put into topology/access.md")
            #expect(wrong == [], "lines of topology/access.md that are not so")
        }
    }

    // MARK: Helpers

    /// Tables with the policy `rows_of_user`, and the column that it compares.
    private static func tables(_ house: House) async throws -> [(String, String)] {
        let rows = try await house.postgres.query(
            """
            select tablename::text, substring(qual from '\\((\\w+) = ') from pg_policies
            where policyname = 'rows_of_user' and schemaname = 'public' order by 1
            """)
        #expect(rows.count >= 11)
        return try rows.map { (try $0.decode(String.self, at: 0), try $0.decode(String.self, at: 1)) }
    }

    /// Rows that show for user-a: the user's own, those of others; and rows that show without a user.
    private static func counts(_ pool: PostgresPool, _ table: String, _ column: String) async throws -> (Int, Int, Int)
    {
        let results = try await pool.atomically([
            scope("user-a"),
            """
            select count(*) filter (where \(identifier: column) = 'user-a'),
                count(*) filter (where \(identifier: column) is distinct from 'user-a') from \(identifier: table)
            """,
        ])
        let unset = try await pool.query("select count(\(identifier: column)) from \(identifier: table)")[0]
        return (
            try results[1][0].decode(Int.self, at: 0), try results[1][0].decode(Int.self, at: 1),
            try unset.decode(Int.self, at: 0)
        )
    }

    private static func scope(_ user: String) -> SQL { "select set_config('repazoo.user_id', \(user), true)" }

    private static func expectRefusal(_ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("it was done")
        } catch {
            #expect((error as? PostgresError)?.sqlState == .insufficientPrivilege, "\(error)")
        }
    }

    private static let roles = """
        unnest(array['ingest', 'analyze', 'export', 'retention', 'monitor', 'alert', 'scheduler', 'console', 'operator', 'backend'])
        with ordinality as role(name, n)
        """

    private static let tableRights = SQL(
        trusted: """
            select '| ' || c.relname || case when c.relrowsecurity then ' ⌂' else '' end || ' | ' || string_agg((
                    select coalesce(string_agg(case
                        when has_table_privilege('repazoo_' || role.name, c.oid, p) then left(p, 1)
                        when p <> 'DELETE' and has_any_column_privilege('repazoo_' || role.name, c.oid, p) then lower(left(p, 1))
                    end, '' order by k), '')
                    from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) with ordinality as r(p, k)), ' | ' order by role.n)
                || ' |' as line
            from pg_class c, \(roles)
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p')
            group by c.oid, c.relname, c.relrowsecurity order by c.relname
            """)

    private static let functionRights = SQL(
        trusted: """
            select '| ' || f.proname || case when f.prosecdef then ' ⚷' else '' end || ' | '
                || string_agg(case when has_function_privilege('repazoo_' || role.name, f.oid, 'EXECUTE') then 'x' else '' end,
                    ' | ' order by role.n) || ' |' as line
            from pg_proc f, \(roles)
            where f.pronamespace = 'public'::regnamespace group by f.oid, f.proname, f.prosecdef
            having bool_or(has_function_privilege('repazoo_' || role.name, f.oid, 'EXECUTE')) order by f.proname
            """)
}

extension House {
    /// Some of everything for user-a and user-b.
    func fillTwoUsers() async throws {
        for user in ["user-a", "user-b"] {
            try await postgres.atomically([
                "insert into users (id, handle) values (\(user), 'h')",
                "insert into oauth_tokens (user_id, access_token) values (\(user), '')",
                "insert into subscriptions (user_id, tier, status) values (\(user), 'pro', 'active')",
                """
                insert into twitter_data (user_id, tweet_id, text, retain_until)
                values (\(user), '1', 'x', now()), (\(user), '2', 'x', now())
                """,
                """
                insert into analyses (id, user_id, message_id, kind, model, sentiment, score, result, tweets_analyzed, input_tokens,
                    output_tokens, retain_until)
                values (\(user), \(user), \(user), 'sentiment', 'm', 'mixed', 0, '{}', 1, 1, 1, now())
                """,
                "insert into analyzed_tweets (user_id, tweet_id, kind, analysis_id) values (\(user), '1', 'sentiment', \(user))",
                "insert into usage (user_id, period, used, quota) values (\(user), '2026-11', 1, 30)",
                """
                insert into ingest_runs (user_id, next_token, pages, tweets, left_out) values (\(user), 'n', 1, 1, 0)
                """,
                "insert into data_exports (user_id) values (\(user))",
                "insert into dead_letters (queue, reason, user_id) values ('repazoo.ingest', 'unknown', \(user))",
                "select audit_append('test', \(user), 'test', 'done', '{}')",
            ])
        }
    }

    func may(_ role: String, _ right: String, _ table: String) async throws -> Bool {
        try await postgres.query("select has_table_privilege(\("repazoo_" + role), \(table), \(right))")[0].decode(
            Bool.self, at: 0)
    }

    /// The first column of every row.
    func words(_ sql: SQL) async throws -> [String] {
        try await postgres.query(sql).map { try $0.decode(String.self, at: 0) }
    }
}
