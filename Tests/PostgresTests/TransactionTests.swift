import TestKit
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct TransactionTests {
    @Test func commitsOnReturnAndRollsBackOnThrow() async throws {
        try await TestDatabase.withPool { pool in
            try await TestDatabase.withTable("id int", pool) { table in
                let value = try await pool.transaction { transaction in
                    try await transaction.query("insert into \(identifier: table) values (1)")
                    try await transaction.batch([
                        "insert into \(identifier: table) values (2)", "insert into \(identifier: table) values (3)",
                    ])
                    return 42
                }
                #expect(value == 42)
                await #expect(throws: Refusal.self) {
                    try await pool.transaction { transaction in
                        try await transaction.query("insert into \(identifier: table) values (4)")
                        throw Refusal()
                    }
                }
                let holds1 = try await pool.query("select * from \(identifier: table)").count == 3
                #expect(holds1)
            }
        }
    }

    @Test func swallowedErrorDoesNotPassForACommit() async throws {
        try await TestDatabase.withPool { pool in
            let error = await postgresError {
                try await pool.transaction { transaction in
                    _ = try? await transaction.query("select 1/0")
                }
            }
            #expect(error?.kind == .rolledBack)
            try await expectAnswer(from: pool)
        }
    }

    @Test func transactionIsRefusedAfterItsEnd() async throws {
        try await TestDatabase.withPool { pool in
            let kept = try await pool.transaction { $0 }
            #expect(await postgresError { try await kept.query("select 1") }?.kind == .misuse)
        }
    }

    @Test func readOnlyIsReadOnly() async throws {
        try await TestDatabase.withPool { pool in
            let error = await postgresError {
                _ = try await pool.transaction(readOnly: true) {
                    try await $0.query("create table never_made (id int)")
                }
            }
            #expect(error?.sqlState?.rawValue == "25006")
        }
    }

    @Test func serializationFailureIsWorthARetry() async throws {
        try await TestDatabase.withPool { pool in
            try await TestDatabase.withTable("n int", pool) { table in
                try await pool.query("insert into \(identifier: table) values (0)")
                let error = try #require(
                    await postgresError {
                        try await pool.transaction(isolation: .serializable) { transaction in
                            try await transaction.query("select * from \(identifier: table)")
                            try await pool.query("update \(identifier: table) set n = n + 1")
                            try await transaction.query("update \(identifier: table) set n = n + 1")
                        }
                    })
                #expect(error.sqlState == .serializationFailure)
                #expect(error.isRetryable && !error.isConnectionFatal && error.outcome == .notApplied)
            }
        }
    }

    @Test func bothHalvesOfADoubleFailureAreKept() {
        let error = PostgresTransactionError(body: Refusal(), rollback: PostgresError(.connectionLost, "gone"))
        #expect(error.first is Refusal)
        #expect(
            error.description.contains("body: Refusal")
                && error.description.contains("rollback: postgres connectionLost"))
    }

    @Test func rollbackThatFailsKeepsTheBodysError() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.requestTimeout = .seconds(1)
        try await TestDatabase.withPool(configuration) { pool in
            let mark = uniqueName("sleeper")
            do {
                try await pool.transaction { transaction in
                    // Left behind by the body, so that the server does not get to the ROLLBACK in time.
                    Task { try? await transaction.query(SQL(trusted: "select pg_sleep(30) as \(mark)")) }
                    try await eventually("the sleeper runs") {
                        try await !pool.query(
                            "select from pg_stat_activity where state = 'active' and query = \("select pg_sleep(30) as \(mark)")"
                        ).isEmpty
                    }
                    throw Refusal()
                }
                Issue.record("the transaction must fail")
            } catch let error as PostgresTransactionError {
                #expect(error.body is Refusal)
                #expect((error.rollback as? PostgresError)?.kind == .timedOut)
            }
            try await expectAnswer(from: pool)
        }
    }

    @Test func moreTransactionsThanConnectionsTakeTurns() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 2)) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await pool.transaction { transaction in
                            let found = try await transaction.query("select \(number)::int as n")
                            #expect(try found[0].decode(Int.self, "n") == number)
                        }
                    }
                    group.addTask { try await pool.query("select \(number)::int") }
                }
                try await group.waitForAll()
            }
            #expect(await pool.openConnections == 2)
        }
    }

    @Test func busyPoolFailsAfterTheAcquireTimeout() async throws {
        var configuration = try TestDatabase.configuration(connections: 1)
        configuration.acquireTimeout = .seconds(1)
        try await TestDatabase.withPool(configuration) { pool in
            try await pool.connect()
            try await pool.transaction { _ in
                let error = await postgresError { try await pool.query("select 1") }
                #expect(error?.kind == .unavailable && error?.isRetryable == true)
            }
        }
    }

    @Test func scriptRunsManyStatementsAndFailsAsOne() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            let table = uniqueName("script")
            try await pool.transaction { transaction in
                try await transaction.script("create table \(table) (id int); insert into \(table) values (1), (2);")
                let holds2 = try await transaction.query("select * from \(identifier: table)").count == 2
                #expect(holds2)
            }
            let error = await postgresError {
                try await pool.transaction {
                    try await $0.script("insert into \(table) values (3); select 1/0; select 2;")
                }
            }
            #expect(error?.sqlState?.classCode == "22")
            let holds3 = try await pool.query("select * from \(identifier: table)").count == 2
            #expect(holds3)
            try await pool.query("drop table \(identifier: table)")
        }
    }
}
