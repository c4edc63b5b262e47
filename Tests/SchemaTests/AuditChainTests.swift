import Crypto
import Foundation
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
        let user: String?
        let detail: String
        let salt: UUID
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
            let head = try await pool.query("select position, hash from audit_heads where user_id = 'user-ä'")[0]
            #expect(try head.decode(Int.self, "position") == 40)
        }
    }

    /// Several entries of one chain in one call, chains that are new, and single entries in between.
    @Test func manyAtOnceFormTheSameChains() async throws {
        try await SchemaScope.migrated { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for turn in 0..<5 {
                            let users: [String?] = [
                                nil, "user-a", "user-a", "user-ä", "user-a", "new-\(writer)-\(turn)",
                            ]
                            try await pool.query(Self.appendMany("writer-\(writer)", users, turn))
                            try await pool.query(Self.append("writer-\(writer)", "user-a", "test.turn", turn))
                        }
                    }
                }
                try await group.waitForAll()
            }
            for (user, count) in [("user-a", 160), ("user-ä", 40), (nil, 40), ("new-3-2", 1)] as [(String?, Int)] {
                let entries = try await Self.entries(of: user, pool)
                #expect(entries.map(\.position) == Array(1...count))
                try Self.expectUnbroken(entries)
            }
            let order = try await pool.query(
                """
                select count(*) as n from audit_log as first join audit_log as second using (user_id, actor)
                where (first.detail->>'turn')::int = (second.detail->>'turn')::int
                    and (first.detail->>'place')::int < (second.detail->>'place')::int and first.position > second.position
                """)[0]
            #expect(try order.decode(Int.self, "n") == 0, "entries of one call keep their order")
            let heads = try await pool.query(
                """
                select count(*) as n from audit_heads as head where hash is distinct from (
                    select hash from audit_log where audit_log.chain = head.chain order by position desc limit 1)
                """)[0]
            #expect(try heads.decode(Int.self, "n") == 0)
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

    private static func appendMany(_ actor: String, _ users: [String?], _ turn: Int) -> SQL {
        let actors = users.map { _ in actor }
        let details = users.indices.map {
            JSONText(rawValue: "{\"turn\": \(turn), \"place\": \($0), \"b\": [1, \"ü\"]}")
        }
        return """
            select audit_append_many(\(actors)::text[], \(users)::text[], \(actors.map { _ in "test.turn" })::text[],
                \(actors.map { _ in "done" })::text[], \(details)::text[]::jsonb[])
            """
    }

    private static func brokenInSQL(_ pool: PostgresPool) async throws -> Int {
        try await pool.query("select count(*) as n from audit_faults('-infinity')")[0].decode(Int.self, "n")
    }

    private static func entries(of user: String?, _ pool: PostgresPool) async throws -> [Entry] {
        let rows = try await pool.query(
            """
            select position, chain::text as chain, id, (extract(epoch from at) * 1000000)::bigint::text as micros, actor, user_id,
                action, outcome, detail::text as detail, salt, prev_hash, hash
            from audit_log where user_id is not distinct from \(user as String?)::text order by position
            """)
        return try rows.map { row in
            let position = try row.decode(Int.self, "position")
            let previous = try row.decode(String.self, "prev_hash")
            let texts = try ["id", "micros", "actor", "action", "outcome"].map { try row.decode(String?.self, $0) }
            return Entry(
                position: position, previous: previous, hash: try row.decode(String.self, "hash"),
                fields: ["repazoo.audit.2", previous, try row.decode(String.self, "chain"), "\(position)"] + texts,
                user: try row.decode(String?.self, "user_id"), detail: try row.decode(String.self, "detail"),
                salt: try row.decode(UUID.self, "salt"))
        }
    }

    /// The hashes by code of our own: each field with its length in bytes before it, `-` for null; the content by its commitment.
    private static func expectUnbroken(_ entries: [Entry]) throws {
        var previous = ""
        for entry in entries {
            let salt = withUnsafeBytes(of: entry.salt.uuid) { Array($0) }
            let commitment = SHA256.hash(data: salt + field(entry.user) + Array(entry.detail.utf8))
            let digest = SHA256.hash(data: entry.fields.flatMap(field) + Array(commitment))
            let hash = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(entry.previous == previous, "entry \(entry.position) does not follow the one before")
            #expect(entry.hash == hash, "entry \(entry.position) has another hash")
            previous = entry.hash
        }
    }

    private static func field(_ text: String?) -> [UInt8] {
        Array((text.map { text in "\(text.utf8.count):" + text } ?? "-").utf8)
    }
}
