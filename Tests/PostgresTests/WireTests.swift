import TestKit
import Testing

@testable import Postgres

/// Connections that break or fall silent in the middle of what one side says.
@Suite(.timeLimit(.minutes(1)))
struct WireTests {
    private let long = String(repeating: "x", count: 100_000)

    @Test func aStatementCutWhileItIsSentIsNotApplied() async throws {
        try await withWire { wire, direct, through, table in
            wire.tell(.cut(after: 50_000, .toServer))
            let error = try #require(
                await postgresError { try await through.query("insert into \(identifier: table) values (\(long))") })
            #expect(error.kind == .connectionLost && error.isRetryable && error.isConnectionFatal)
            #expect(wire.struck == 1)
            try await expectAnswer(from: through)
            let rows = try await direct.query("select from \(identifier: table)").count
            #expect(rows == 0)
        }
    }

    @Test func anAnswerCutInTheMiddleIsNotTakenForAnAnswer() async throws {
        try await withWire { wire, _, through, _ in
            wire.tell(.cut(after: 50_000, .toClient))
            let error = try #require(
                await postgresError { try await through.query("select repeat('x', 100000) as text") })
            #expect(error.kind == .connectionLost && error.isConnectionFatal)
            let answer = try await through.query("select repeat('x', 100000) as text")[0].decode(String.self, "text")
            #expect(answer == long)
        }
    }

    @Test func anAnswerThatStopsInTheMiddleTimesOutAndNeverAnswersAnother() async throws {
        try await withWire { wire, _, through, _ in
            wire.tell(.stall(after: 50_000, .toClient))
            let error = try #require(
                await postgresError { try await through.query("select repeat('x', 100000) as text") })
            #expect(error.kind == .timedOut && error.isConnectionFatal)
            wire.tell(nil)
            try await expectAnswer(from: through)
        }
    }

    private func withWire(
        _ body: @Sendable (FaultyWire, PostgresPool, PostgresPool, String) async throws -> Void
    ) async throws {
        let wire = try FaultyWire(before: TestDatabase.url)
        defer { wire.end() }
        var configuration = try TestDatabase.configuration(wire.url(TestDatabase.url), connections: 1)
        configuration.requestTimeout = .milliseconds(500)
        let through = configuration
        try await TestDatabase.withPool { direct in
            try await TestDatabase.withTable("text text", direct) { table in
                try await TestDatabase.withPool(through) { pool in
                    try await expectAnswer(from: pool)
                    try await body(wire, direct, pool, table)
                }
            }
        }
    }
}
