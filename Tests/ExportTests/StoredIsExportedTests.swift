import Contracts
import Foundation
import ObjectStore
import Postgres
import Testing

@testable import Export

/// What is stored is what is exported: every row of the user in every table, every column or a reason why not, and nothing of
/// anybody else's.
@Suite(.timeLimit(.minutes(2)))
struct StoredIsExportedTests {
    @Test func everyRowOfTheUserAndNobodyElses() async throws {
        try await ExportScope.with { scope in
            for user in ["user-one", "user-two"] { try await fill(scope, user) }
            let row = try await scope.claimed("user-one")
            // What is to be found, as the database itself writes it.
            var stored: [String: [NSDictionary]] = [:]
            for category in ExportCategory.all {
                stored[category.name] = try await expected(category, "user-one", scope)
            }
            let (_, seal) = try await scope.make(row, "user-one")

            let bytes = try await scope.document(row, seal)
            let document = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            let manifest = try #require(document["manifest"] as? [String: Any])
            let categories = try #require(manifest["categories"] as? [[String: Any]])
            #expect(categories.map { $0["name"] as? String } == ExportCategory.all.map(\.name))
            for (category, told) in zip(ExportCategory.all, categories) {
                let records = try #require(document[category.name] as? [NSDictionary])
                #expect(records == stored[category.name], "\(category.name)")
                #expect(told["count"] as? Int == records.count)
                #expect(!records.isEmpty, "nothing of \(category.name) was tested")
            }
            let text = String(decoding: bytes, as: UTF8.self)
            for canary in ["user-two", "canary-token", "canary-refresh", "canary-staff", "canary-link"] {
                #expect(!text.contains(canary), "\(canary) is in the export")
            }
            try await checkPage(scope, row, seal)
        }
    }

    private func checkPage(_ scope: ExportScope, _ row: ExportRow, _ seal: ObjectSeal) async throws {
        let page = String(decoding: try await scope.document(row, seal, "index.html"), as: UTF8.self)
        #expect(page.contains("\\u003c/script>\\u003cscript>alert(1)"), "a tweet cannot end the script that holds it")
        #expect(page.components(separatedBy: "</script>").count == 3)
        #expect(!page.contains("src=") && !page.contains("href=\"http") && !page.contains("user-two"))
        let data = try #require(page.firstRange(of: "type=\"application/json\">"))
        let end = try #require(page.firstRange(of: "</script>"))
        let json = page[data.upperBound..<end.lowerBound]
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
    }

    @Test func noTableWithRowsOfUsersIsForgotten() async throws {
        try await ExportScope.with { scope in
            let columns = try await scope.postgres.query(
                """
                select table_name, column_name from information_schema.columns join information_schema.tables
                    using (table_schema, table_name)
                where table_schema = current_schema() and table_type = 'BASE TABLE' order by table_name, ordinal_position
                """)
            var tables: [String: Set<String>] = [:]
            for column in columns {
                tables[try column.decode(String.self, "table_name"), default: []].insert(
                    try column.decode(String.self, "column_name"))
            }
            let known = Set(ExportCategory.all.compactMap(\.table)).union(ExportCategory.tablesWithoutRecords.keys)
            let personal = tables.filter { $0.value.contains("user_id") }.map(\.key)
            #expect(Set(personal).subtracting(known).sorted() == [], "in no category, and no reason is given")
            for category in ExportCategory.all {
                guard let table = category.table else { continue }
                let told = Set(category.fields.map(\.column)).union(category.omitted.map(\.name))
                let stored = try #require(tables[table], "\(table) is no table")
                #expect(
                    stored.subtracting(told).sorted() == [],
                    "\(table): columns neither exported nor left out for a reason")
                #expect(told.subtracting(stored).sorted() == [], "\(table): no such columns")
            }
        }
    }

    /// Rows of every kind, with text that is hard to hand over.
    private func fill(_ scope: ExportScope, _ user: String) async throws {
        try await scope.addUser(user)
        let nasty = "a\u{1}b \"quoted\" \\back\\ </script><script>alert(1)</script> \n\t é 💙 \u{2028} \\N \(user)"
        try await scope.postgres.atomically([
            """
            insert into oauth_tokens (user_id, provider_user_id, access_token, refresh_token, scopes, expires_at)
            values (\(user), '77', 'canary-token', 'canary-refresh', 'tweet.read', now())
            """,
            "insert into subscriptions (user_id, tier, status, cancelled_at) values (\(user), 'pro', 'cancelled', now())",
            "insert into subscriptions (user_id, tier, status) values (\(user), 'basic', 'active')",
            """
            insert into twitter_data (user_id, tweet_id, text, lang, posted_at, metrics, retain_until, deleted_at)
            select \(user), n::text, \(nasty) || n, case when n % 2 = 0 then 'en' end,
                case when n % 7 > 0 then now() - make_interval(days => n) end,
                jsonb_build_object('likes', n, 'deep', jsonb_build_array(null, true, 1.5)), now(),
                case when n % 11 = 0 then now() end
            from generate_series(1, 500) n
            """,
            """
            insert into analyses (id, user_id, message_id, kind, model, sentiment, score, result, tweets_analyzed, input_tokens,
                output_tokens, retain_until)
            values (\(user), \(user), gen_random_uuid()::text, 'sentiment', 'm', 'mixed', -0.125, '{"tweets": [], "summary": "é"}',
                3, 10, 20, now())
            """,
            "insert into analyzed_tweets (user_id, tweet_id, kind, analysis_id) values (\(user), '5', 'sentiment', \(user))",
            "insert into ingest_runs (user_id, next_token, pages, tweets, left_out, updated_at) values (\(user), 'next', 1, 2, 3, now())",
            "insert into usage (user_id, period, used, quota) values (\(user), '2026-01', 1, 30), (\(user), '2026-02', 2, 30)",
            """
            insert into dead_letters (queue, message_id, reason, body, user_id, settled_by, note)
            values ('repazoo.ingest', gen_random_uuid()::text, 'expired', \("{\"user_id\":\"\(user)\"}"), \(user), 'canary-staff', 'n')
            """,
            "insert into alerts (rule, severity, fingerprint, subject, user_id) values ('quota', 'warning', \(user), 's', \(user))",
            """
            insert into receipts (consumer, message_id, outcome, user_id, asked_by, follow_ups)
            values ('ingest', \("m-" + user), 'done', \(user), 'canary-staff', \(followUps(of: user))::jsonb)
            """,
            """
            insert into legal_holds (user_id, category, owner, reason, expires_at)
            values (\(user), 'tweets', 'canary-staff', 'r', now() + interval '1 day')
            """,
            "insert into database_access (program, user_id, minute, queries) values ('p', \(user), now(), 5)",
            "insert into data_exports (user_id, status, completed_at) values (\(user), 'failed', now())",
        ])
        for number in 1...3 {
            try await scope.postgres.query(
                "select audit_append('repazoo:canary-staff', \(user), 'test', 'done', jsonb_build_object('n', \(number)::integer))"
            )
        }
    }

    private static let time = Date(timeIntervalSince1970: 1_790_000_000)

    /// Told: an export with its link, and a refusal. Not told: a request that follows, an alert, and what is about another.
    private func followUps(of user: String) throws -> JSONText {
        let (id, cause) = (try #require(UserID(user)), MessageID.random())
        let other = try #require(UserID("user-elsewhere"))
        let events = [
            Event(.exportReady, userID: id, causeID: cause, at: Self.time, detail: ["link": "canary-link"]),
            Event(.ingestRefused, userID: id, causeID: cause, at: Self.time + 1, reason: "no_consent"),
            Event(.alertOpened, userID: id, causeID: cause, at: Self.time),
            Event(.exportReady, userID: other, causeID: cause, at: Self.time),
        ]
        let all = events.map { FollowUp($0) } + [FollowUp(AnalyzeRequest(userID: id))]
        return JSONText(rawValue: FollowUp.receiptText(all))
    }

    private func notices(of user: String) -> [NSDictionary] {
        [
            [
                "at": "2026-09-21T14:13:20+00:00", "kind": "export.ready", "reason": NSNull(),
                "message_id": "m-" + user,
            ],
            [
                "at": "2026-09-21T14:13:21+00:00", "kind": "ingest.refused", "reason": "no_consent",
                "message_id": "m-" + user,
            ],
        ]
    }

    private func expected(
        _ category: ExportCategory, _ user: String, _ scope: ExportScope
    ) async throws -> [NSDictionary] {
        guard let table = category.table else { return notices(of: user) }
        let rows = try await scope.postgres.query(
            SQL(
                trusted:
                    "select to_json(t)::text as row from \(table) t where \(category.owner) = '\(user)' order by \(category.order)"
            ))
        return try rows.map { row in
            let json = try JSONSerialization.jsonObject(with: Data(try row.decode(String.self, "row").utf8))
            var record = try #require(json as? [String: Any])
            for omitted in category.omitted { record[omitted.name] = nil }
            if table == "audit_log", (record["actor"] as? String)?.hasPrefix("repazoo-") != true {
                record["actor"] = "staff"
            }
            return record as NSDictionary
        }
    }
}
