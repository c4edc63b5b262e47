import Crypto
import Postgres
import TestKit
import Testing

@Suite(.timeLimit(.minutes(2)))
struct AuditChainTests {
    private struct Entry {
        let position: Int
        let previous: String
        let hash: String
        let fields: [String?]
    }

    @Test func concurrentTransactionsFormOneGaplessChain() async throws {
        try await SchemaScope.migrated { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for turn in 0..<5 {
                            try await pool.transaction { transaction in
                                try await transaction.query(
                                    Self.append("writer-\(writer)", "user-ä", "test.turn", turn))
                                try await transaction.query(Self.append("writer-\(writer)", nil, "test.turn", turn))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            for user in ["user-ä", nil] {
                let entries = try await Self.entries(of: user, pool)
                #expect(entries.map(\.position) == Array(1...40))
                try Self.expectUnbroken(entries)
            }
            let head = try await pool.query("select position, hash from audit_heads where chain = 'user-ä'")[0]
            #expect(try head.decode(Int.self, "position") == 40)
        }
    }

    @Test func aRolledBackTransactionLeavesNoGap() async throws {
        try await SchemaScope.migrated { pool in
            try await pool.query(Self.append("a", "user-1", "test", 1))
            struct Regret: Error {}
            await #expect(throws: Regret.self) {
                try await pool.transaction { transaction in
                    try await transaction.query(Self.append("a", "user-1", "test", 2))
                    throw Regret()
                }
            }
            try await pool.query(Self.append("a", "user-1", "test", 3))
            let entries = try await Self.entries(of: "user-1", pool)
            #expect(entries.map(\.position) == [1, 2])
            try Self.expectUnbroken(entries)
        }
    }

    @Test func aChangedEntryIsFoundInSQL() async throws {
        try await SchemaScope.migrated { pool in
            for turn in 0..<3 { try await pool.query(Self.append("a", "user-1", "test", turn)) }
            #expect(try await Self.brokenInSQL(pool) == 0)
            try await pool.query("update audit_log set outcome = 'other' where position = 2")
            #expect(try await Self.brokenInSQL(pool) == 1)
        }
    }

    private static func append(_ actor: String, _ user: String?, _ action: String, _ turn: Int) -> SQL {
        let detail = JSONText(rawValue: "{\"turn\": \(turn), \"b\": [1, \"ü\"]}")
        return "select audit_append(\(actor), \(user as String?), \(action), 'done', \(detail)::jsonb)"
    }

    private static func brokenInSQL(_ pool: PostgresPool) async throws -> Int {
        try await pool.query(
            """
            select count(*) filter (where hash <> audit_hash(
                prev_hash, position, id, at, actor, user_id, action, outcome, detail)) as n from audit_log
            """)[0].decode(Int.self, "n")
    }

    private static func entries(of user: String?, _ pool: PostgresPool) async throws -> [Entry] {
        let rows = try await pool.query(
            """
            select position, id, (extract(epoch from at) * 1000000)::bigint::text as micros, actor, user_id, action, outcome,
                detail::text as detail, prev_hash, hash
            from audit_log where user_id is not distinct from \(user as String?)::text order by position
            """)
        return try rows.map { row in
            let position = try row.decode(Int.self, "position")
            let previous = try row.decode(String.self, "prev_hash")
            let rest = try ["id", "micros", "actor", "user_id", "action", "outcome", "detail"].map {
                try row.decode(String?.self, $0)
            }
            return Entry(
                position: position, previous: previous, hash: try row.decode(String.self, "hash"),
                fields: [previous, "\(position)"] + rest)
        }
    }

    /// The hashes by code of our own: each field with its length in bytes before it, `-` for null.
    private static func expectUnbroken(_ entries: [Entry]) throws {
        var previous = ""
        for entry in entries {
            let text = entry.fields.map { field in field.map { text in "\(text.utf8.count):" + text } ?? "-" }.joined()
            let digest = SHA256.hash(data: Array(text.utf8))
            let hash = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(entry.previous == previous, "entry \(entry.position) does not follow the one before")
            #expect(entry.hash == hash, "entry \(entry.position) has another hash")
            previous = entry.hash
        }
    }
}
