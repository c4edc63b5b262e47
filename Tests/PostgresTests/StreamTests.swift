import TestKit
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(2)), .serialized)
struct StreamTests {
    @Test func millionRowsAtConstantMemory() async throws {
        try await TestDatabase.withPool { pool in
            var sum = 0
            var before = 0
            for try await row in pool.stream(
                "select n, repeat('x', 100) as pad from generate_series(1, \(1_000_000)::int) as n")
            {
                if sum == 0 { before = TestDatabase.residentMemory }
                sum += try row.decode(Int.self, at: 0)
            }
            #expect(sum == 500_000_500_000)
            #expect(TestDatabase.residentMemory - before < 24 << 20)
        }
    }

    @Test func streamStoppedEarlyGivesTheConnectionBack() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            for _ in 0..<3 {
                var seen = 0
                for try await _ in pool.stream("select * from generate_series(1, 100000)") {
                    seen += 1
                    if seen == 500 { break }
                }
                try await expectAnswer(from: pool)
            }
        }
    }

    @Test func failingStreamThrowsAndGivesTheConnectionBack() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            let error = await postgresError {
                for try await _ in pool.stream("select 100 / (500 - n) from generate_series(1, 1000) n") {}
            }
            #expect(error?.sqlState?.rawValue == "22012")
            #expect(
                await postgresError { for try await _ in pool.stream("select nonsense") {} }?.sqlState
                    == .undefinedColumn)
            try await expectAnswer(from: pool)
        }
    }

    @Test func streamsInsideOfATransactionMayBeNested() async throws {
        try await TestDatabase.withPool { pool in
            let pairs = try await pool.transaction { transaction in
                var pairs = 0
                for try await outer in transaction.stream("select generate_series(1, 100) as n") {
                    let limit = try outer.decode(Int.self, "n")
                    for try await _ in transaction.stream("select generate_series(1, \(limit)::int)") { pairs += 1 }
                }
                return pairs
            }
            #expect(pairs == 5050)
        }
    }

    @Test func copyInAndOut() async throws {
        try await TestDatabase.withPool { pool in
            try await TestDatabase.withTable("id int, note text", pool) { table in
                let pieces = Pieces(count: 1000) { piece in
                    Array((0..<100).map { "\(piece * 100 + $0)\tnote \($0)\n" }.joined().utf8)
                }
                let stored = try await pool.copyIn("copy \(identifier: table) from stdin", from: pieces)
                #expect(stored == 100_000)
                var lines = 0
                var largest = 0
                for try await piece in pool.copyOut("copy \(identifier: table) to stdout") {
                    lines += piece.count { $0 == 10 }
                    largest = max(largest, piece.count)
                }
                #expect(lines == 100_000)
                #expect(largest < 1 << 18)
                let kept = try await pool.transaction { transaction in
                    try await transaction.copyIn("copy \(identifier: table) from stdin", from: pieces)
                    return try await transaction.query("select count(*) as n from \(identifier: table)")[0].decode(
                        Int.self, "n")
                }
                #expect(kept == 200_000)
            }
        }
    }

    @Test func copyInAbortedByItsSourceStoresNothing() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            try await TestDatabase.withTable("id int", pool) { table in
                let pieces = Pieces(count: 100) { piece in
                    if piece == 50 { throw Refusal() }
                    return Array("\(piece)\n".utf8)
                }
                await #expect(throws: Refusal.self) {
                    try await pool.copyIn("copy \(identifier: table) from stdin", from: pieces)
                }
                let holds1 = try await pool.query("select * from \(identifier: table)").isEmpty
                #expect(holds1)
                let bad = await postgresError {
                    try await pool.copyIn(
                        "copy \(identifier: table) from stdin", from: Pieces(count: 3) { _ in Array("geheim\n".utf8) })
                }
                #expect(bad?.sqlState?.rawValue == "22P02" && bad?.description.contains("geheim") == false)
                #expect(
                    await postgresError { try await pool.copyIn("select 1", from: Pieces(count: 0) { _ in [] }) }?.kind
                        == .misuse)
                let none = await postgresError {
                    try await pool.copyIn("copy no_such_table from stdin", from: Pieces(count: 0) { _ in [] })
                }
                #expect(none?.sqlState == .undefinedTable)
                try await expectAnswer(from: pool)
                #expect(await pool.openConnections == 1)
            }
        }
    }

    @Test func copyOutStoppedEarlyGivesTheConnectionBack() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            for try await piece in pool.copyOut(
                "copy (select repeat('x', 1000) from generate_series(1, 200000)) to stdout")
            {
                #expect(!piece.isEmpty)
                break
            }
            try await expectAnswer(from: pool)
            try await pool.transaction { transaction in
                for try await _ in transaction.copyOut("copy (select * from generate_series(1, 2000000)) to stdout") {
                    break
                }
            }
        }
    }
}
