import Contracts
import HouseKit
import Postgres
import TestKit
import Testing

extension AuditTrailHolds {
    /// Tables in which a program keeps only how far it has got, or what is told elsewhere: a change in one of them needs no entry. Every
    /// other table that a program may write is watched; a new table has to be put on one side or the other.
    private static let bookkeeping: [String: String] = [
        "receipts": "which messages are done with; the entry is that of the job",
        "ingest_runs": "how far a long timeline has been read; each page has its entry",
        "audit_checkpoints": "signed statements about the trail itself", "audit_marks": "the same",
        "alert_channels": "how a channel fares", "alert_outbox": "what is still to be sent of an alert",
        "alerts":
            "counted up at each occurrence; opening, settling and people's acts are audited by the monitor's suites",
        "compliance_jobs": "batches under way at X; what they delete has entries",
        "console_sessions": "who is signed in; signing in has its entry", "console_sign_ins": "the same, under way",
        "database_access": "counts of queries",
        "dead_letters": "a death is told by its own row; replay and discard have entries",
        "erasure_ledger": "the proof of erasures itself", "heartbeats": "who lives",
        "monitor_state": "what the monitor saw last", "provider_activity": "when a provider was called last",
        "schedule_slots": "slots published", "scheduler_lease": "who leads",
        "schedules": "copy of the file of schedules",
        "tick_slots": "slots worked",
    ]

    /// Work that is under way. A reservation, which counts in `usage` too, is no change yet: it becomes one with the analysis, whose
    /// entry tells of it, or is given back.
    private static let underWay = ["quota_reservations", "analysis_runs", "analysis_parts", "analysis_batches"]

    /// The columns of a table whose change alone is bookkeeping.
    private static let quietColumns = ["oauth_tokens": ["refresh_sent_at", "refresh_sent_for"]]

    @Test func everyChangeHasItsEntryInTheSameTransaction() async throws {
        try await House.with(watch)
    }

    private func watch(_ house: House) async throws {
        let written = Set(
            try await house.words(
                """
                select distinct c.relname::text from pg_class c, pg_roles r
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and r.rolname like 'repazoo\\_%'
                    and r.rolname not like '%\\_login' and r.rolname <> 'repazoo_backend'
                    and (has_any_column_privilege(r.oid, c.oid, 'INSERT') or has_any_column_privilege(r.oid, c.oid, 'UPDATE'))
                """))
        #expect(written.isSuperset(of: ["twitter_data", "analyses", "oauth_tokens", "usage", "data_exports"]))
        let watched = written.subtracting(Self.bookkeeping.keys).sorted()
        print("audit trail | watched: \(watched.joined(separator: ", "))")
        try await watchWrites(house, watched)

        // A token that has to be refreshed, pages of tweets, an analysis, a refusal, a token that X refuses.
        try await house.addUser("user-a", account: "9301", tweets: 250, expiresIn: -1)
        try await house.addUser("user-b", account: "9302", tweets: 5)
        try await house.addUser("user-c", account: "9303", tweets: 5, expiresIn: -1)
        try await house.postgres.query("truncate test_writes")
        let first = try await house.publish(IngestRequest(userID: try #require(UserID("user-a")), maxTweets: 3200))
        #expect(try await house.outcome(of: first, at: .ingest, within: .seconds(90)) == "done")
        let analysis = MessageID.derived(from: first, name: MessageType.analyze.rawValue)
        #expect(try await house.outcome(of: analysis, at: .analyze, within: .seconds(90)) == "done")
        let second = try await house.ingest("user-b")
        #expect(try await house.outcome(of: second, at: .ingest) == "done")

        let tables = Set(try await house.words("select distinct name from test_writes"))
        #expect(tables.isSuperset(of: ["twitter_data", "analyses", "analyzed_tweets", "usage", "oauth_tokens"]))
        let silent = try await house.words(
            """
            select name || ' in transaction ' || xact from test_writes
            where not exists (select from audit_log where audit_log.xact = test_writes.xact)
                and not (name = 'usage' and exists (
                    select from test_writes as other where other.xact = test_writes.xact and other.name = 'quota_reservations'))
                and name <> all (\(Self.underWay)::text[])
            """)
        #expect(silent == [], "changes without an entry in their transaction")
        let count = try await house.number("select count(distinct xact) from test_writes")
        print(
            "audit trail | \(count) transactions wrote to \(tables.sorted().joined(separator: ", ")), each with its entry"
        )
    }

    /// From now on every statement that changes one of the tables leaves its transaction in `test_writes`.
    private func watchWrites(_ house: House, _ tables: [String]) async throws {
        try await house.postgres.query("create table test_writes (name text not null, xact bigint not null)")
        try await house.postgres.query(
            """
            create function test_note() returns trigger language plpgsql security definer as $$ begin
                insert into test_writes values (tg_table_name, pg_current_xact_id()::text::bigint);
                return null;
            end $$
            """)
        for table in tables {
            let quiet = Self.quietColumns[table] ?? []
            let columns = try await house.words(
                """
                select column_name::text from information_schema.columns
                where table_schema = 'public' and table_name = \(table) and column_name <> all (\(quiet)::text[])
                    and is_generated = 'NEVER'
                """)
            let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
            try await house.postgres.query(
                SQL(
                    trusted: """
                        create trigger test_note after insert or delete or update of \(list) on "\(table)"
                        for each row execute function test_note()
                        """))
        }
    }
}
