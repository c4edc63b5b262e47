import TestKit
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct CancellationTests {
    private func waitUntilRunning(_ mark: String, _ pool: PostgresPool) async throws {
        try await eventually("\(mark) runs") {
            try await !pool.query(
                "select from pg_stat_activity where state = 'active' and query like \("%\(mark)") and pid <> pg_backend_pid()"
            ).isEmpty
        }
    }

    @Test func cancelledQueryEndsAtTheServerAndLeavesTheConnection() async throws {
        let configuration = try TestDatabase.configuration(connections: 1)
        try await TestDatabase.withPool { observer in
            try await TestDatabase.withPool(configuration) { pool in
                let pid = try await pool.query("select pg_backend_pid() as pid")[0].decode(Int.self, "pid")
                for _ in 0..<3 {
                    let mark = uniqueName("cancel")
                    let task = Task { try await pool.query(SQL(trusted: "select pg_sleep(30) as \(mark)")) }
                    try await waitUntilRunning(mark, observer)
                    let start = ContinuousClock.now
                    task.cancel()
                    await #expect(throws: CancellationError.self) { try await task.value }
                    #expect(start.duration(to: .now) < .seconds(5))
                    let holds1 =
                        try await pool.query("select pg_backend_pid() as pid")[0].decode(Int.self, "pid") == pid
                    #expect(holds1)
                }
            }
        }
    }

    @Test func othersBehindACancelledQueryGetTheirAnswers() async throws {
        let configuration = try TestDatabase.configuration(connections: 1)
        try await TestDatabase.withPool { observer in
            try await TestDatabase.withPool(configuration) { pool in
                try await TestDatabase.withTable("id int primary key", observer) { table in
                    let mark = uniqueName("cancel")
                    let sleeper = Task { try await pool.query(SQL(trusted: "select pg_sleep(30) as \(mark)")) }
                    try await waitUntilRunning(mark, observer)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for id in 0..<40 {
                            group.addTask {
                                try await pool.atomically(["insert into \(identifier: table) values (\(id))"])
                            }
                        }
                        sleeper.cancel()
                        try await group.waitForAll()
                    }
                    await #expect(throws: CancellationError.self) { try await sleeper.value }
                    let holds2 = try await observer.query("select * from \(identifier: table)").count == 40
                    #expect(holds2)
                }
            }
        }
    }

    @Test func waitingRequestIsAbandoned() async throws {
        try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
            try await pool.transaction { transaction in
                let task = Task { try await pool.query("select 1") }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                try await transaction.query("select 1")
            }
        }
    }

    @Test func cancelledTransactionIsRolledBack() async throws {
        try await TestDatabase.withPool { pool in
            try await TestDatabase.withTable("id int", pool) { table in
                let mark = uniqueName("cancel")
                let task = Task {
                    try await pool.transaction { transaction in
                        try await transaction.query("insert into \(identifier: table) values (1)")
                        try await transaction.query(SQL(trusted: "select pg_sleep(30) as \(mark)"))
                    }
                }
                try await waitUntilRunning(mark, pool)
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                let stored = try await pool.query("select * from \(identifier: table)")
                #expect(stored.isEmpty)
            }
        }
    }

    @Test func cancelledCopyStops() async throws {
        try await TestDatabase.withPool { observer in
            try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
                let mark = uniqueName("cancel")
                let task = Task {
                    let statement = SQL(trusted: "copy (select pg_sleep(30)) to stdout --\(mark)")
                    for try await _ in pool.copyOut(statement) {}
                }
                try await waitUntilRunning(mark, observer)
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                let answer = try await pool.query("select 1 as n")
                #expect(answer.count == 1)
            }
        }
    }

    @Test func statementTimeoutIsTheServersAndLeavesTheConnection() async throws {
        var configuration = try TestDatabase.configuration(connections: 1)
        configuration.statementTimeout = .milliseconds(100)
        try await TestDatabase.withPool(configuration) { pool in
            let error = try #require(await postgresError { try await pool.query("select pg_sleep(30)") })
            #expect(error.sqlState == .queryCanceled && error.isRetryable && !error.isConnectionFatal)
            try await expectAnswer(from: pool)
        }
    }

    @Test func requestTimeoutGivesTheConnectionUp() async throws {
        var configuration = try TestDatabase.configuration(connections: 1)
        configuration.requestTimeout = .milliseconds(200)
        try await TestDatabase.withPool(configuration) { pool in
            let error = try #require(await postgresError { try await pool.query("select pg_sleep(3)") })
            #expect(error.kind == .timedOut && error.outcome == .unknown && error.isConnectionFatal)
            try await expectAnswer(from: pool)
        }
    }
}
