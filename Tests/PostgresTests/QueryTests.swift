import TestKit
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct QueryTests {
    @Test func thousandConcurrentQueriesArePipelined() async throws {
        try await TestDatabase.withPool { pool in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<1000 {
                    group.addTask { try await pool.query("select \(number)::int as n")[0].decode(Int.self, "n") }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 499_500)
            #expect(await pool.openConnections == 4)
        }
    }

    @Test func everyCallerGetsItsOwnAnswerWhenOthersFail() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        if number.isMultiple(of: 3) {
                            let error = await postgresError { try await pool.query("select 1 / \(0)::int") }
                            #expect(error?.sqlState?.rawValue == "22012")
                        } else if number % 3 == 1 {
                            let error = await postgresError {
                                try await pool.atomically(["select 1", "select \("x")::int", "select 2"])
                            }
                            #expect(error?.statementIndex == 1)
                        } else {
                            let row = try await pool.query("select \(number)::int as n")[0]
                            #expect(try row.decode(Int.self, "n") == number)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func atomicBatchIsAllOrNothing() async throws {
        try await TestDatabase.withPool { pool in
            try await TestDatabase.withTable("id int primary key, note text", pool) { table in
                func insert(_ id: Int) -> SQL { "insert into \(identifier: table) values (\(id), \("geheim"))" }
                let good = try await pool.atomically([insert(1), insert(2)])
                #expect(good.map(\.affected) == [1, 1])
                let error = try #require(
                    await postgresError {
                        try await pool.atomically([insert(3), insert(1).named("second"), insert(4)])
                    })
                #expect(error.sqlState == .uniqueViolation)
                #expect(error.statementIndex == 1 && error.statementName == "second")
                #expect(error.constraint == table + "_pkey")
                #expect(error.outcome == .notApplied && !error.isRetryable)
                #expect(error.description.contains("QueryTests.swift:"))
                let count = try await pool.query("select count(*) as n from \(identifier: table)")
                #expect(try count[0].decode(Int.self, "n") == 2)
            }
        }
    }

    @Test func deferredConstraintFailsTheRequestAndNotTheConnection() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            try await TestDatabase.withTable("id int unique deferrable initially deferred", pool) { table in
                let insert: SQL = "insert into \(identifier: table) values (1)"
                try await pool.query(insert)
                #expect(await postgresError { try await pool.query(insert) }?.sqlState == .uniqueViolation)
                #expect(await postgresError { try await pool.atomically([insert]) }?.sqlState == .uniqueViolation)
                let holds1 = try await pool.query("select 7 as n")[0].decode(Int.self, "n") == 7
                #expect(holds1)
                let holds2 = try await pool.query("select * from \(identifier: table)").count == 1
                #expect(holds2)
            }
        }
    }

    @Test func statementsArePreparedOnceAndEvicted() async throws {
        var configuration = try TestDatabase.configuration(connections: 1)
        configuration.statementCacheSize = 8
        try await TestDatabase.withPool(configuration) { pool in
            for number in 0..<50 {
                try await pool.query(SQL(trusted: "select \(number) as n"))
                try await pool.query("select \(number)::int as always")
            }
            let names = try await pool.query(
                SQL(trusted: "select statement from pg_prepared_statements").unprepared())
            #expect(names.count <= 9)
            #expect(try names.contains { try $0.decode(String.self, at: 0).contains("always") })
        }
    }

    @Test func changedResultTypeIsPreparedAgain() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            try await TestDatabase.withTable("a int", pool) { table in
                let read: SQL = "select * from \(identifier: table)"
                let holds3 = try await pool.query(read).columns == ["a"]
                #expect(holds3)
                try await pool.query("alter table \(identifier: table) add b text")
                let holds4 = try await pool.query(read).columns == ["a", "b"]
                #expect(holds4)
                try await pool.query("deallocate all")
                let holds5 = try await pool.query(read).columns == ["a", "b"]
                #expect(holds5)
                try await pool.query("deallocate all")
                let holds6 = try await pool.atomically([read, read]).count == 2
                #expect(holds6)
            }
        }
    }

    @Test func bigParametersAndResultsDoNotBlockEachOther() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            let big = String(repeating: "x", count: 3_000_000)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await pool.query("select \(big)::text as t")[0].decode(String.self, "t").utf8.count
                    }
                }
                for try await count in group { #expect(count == 3_000_000) }
            }
        }
    }

    @Test func openingATransactionByHandIsRefused() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            #expect(await postgresError { try await pool.query("begin") }?.kind == .misuse)
            #expect(await postgresError { try await pool.query("copy pg_class to stdout") }?.kind == .misuse)
            let answer = try await pool.query("select 1 as n")
            #expect(answer.count == 1)
        }
    }

    @Test func errorsDoNotShowValues() async throws {
        try await TestDatabase.withPool { pool in
            try await TestDatabase.withTable("id text primary key, n int check (n > 0), j jsonb", pool) { table in
                let secret = "geheim@example.org"
                try await pool.query("insert into \(identifier: table) values (\(secret), 1)")
                let statements: [SQL] = [
                    "insert into \(identifier: table) values (\(secret), 2)",
                    "insert into \(identifier: table) values (\(secret + "2"), \(-5))",
                    "select \(secret)::int", "select \(secret)::timestamptz", "select \(secret)::jsonb",
                    "do $$ begin raise exception 'geheim@example.org'; end $$",
                    "select \(secret)::uuid",
                ]
                for statement in statements {
                    let error = try #require(await postgresError { try await pool.query(statement) })
                    #expect(error.sqlState != nil)
                    #expect(!"\(error)".contains("geheim") && !String(reflecting: error).contains("geheim"))
                }
            }
            let error = try #require(await postgresError { try await pool.query("select * from no_such_table") })
            #expect(error.description.contains("no_such_table"))
        }
    }

    @Test func statesMatchByValueAndByClass() {
        func word(_ state: SQLState?) -> String {
            switch state {
            case .uniqueViolation: "unique"
            case .class("40"): "again"
            default: "other"
            }
        }
        #expect(word(.uniqueViolation) == "unique")
        #expect(word(.serializationFailure) == "again" && word(.deadlockDetected) == "again")
        #expect(word(.syntaxError) == "other" && word(nil) == "other")
    }
}
