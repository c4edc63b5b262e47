import Logging
import Synchronization
import TestKit
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(2)))
struct OutageTests {
    /// What `onAvailabilityChange` said.
    private final class Events: Sendable {
        private let words = Mutex<[String]>([])
        var all: [String] { words.withLock { $0 } }

        func record(_ event: PostgresAvailability) {
            words.withLock { words in
                switch event {
                case .unreachable: words.append("unreachable")
                case .reachable: words.append("reachable")
                }
            }
        }
    }

    @Test func killedServerIsReportedOnceAndFoundAgain() async throws {
        try await PrivateServers.with([.postgres]) { try await surviveKill($0) }
    }

    private func surviveKill(_ servers: PrivateServers) async throws {
        var configuration = try TestDatabase.configuration(try servers.databaseURL)
        configuration.acquireTimeout = .milliseconds(500)
        let events = Events()
        let pool = PostgresPool(configuration: configuration, logger: Logger(label: "test")) { events.record($0) }
        #expect(!pool.isReachable)
        try await pool.query("create table t (id int)")
        #expect(pool.isReachable)
        let sleepers = (0..<2).map { _ in
            Task {
                await postgresError { try await pool.atomically(["insert into t values (1)", "select pg_sleep(60)"]) }
            }
        }
        try await eventually("a sleeper runs") {
            try await pool.query("select from pg_stat_activity where wait_event = 'PgSleep'").count == 2
        }

        try await servers.kill(.postgres)
        for sleeper in sleepers {
            let error = try #require(await sleeper.value)
            #expect(error.isRetryable)
            #expect(error.kind != .connectionLost || error.isConnectionFatal)
        }
        try await eventually("the outage is noticed") { !pool.isReachable }
        let start = ContinuousClock.now
        let error = try #require(await postgresError { try await pool.query("select 1") })
        #expect(error.kind == .unavailable && error.isRetryable)
        #expect(start.duration(to: .now) < .seconds(5))

        try await servers.start(.postgres)
        try await eventually("the outage ends", within: .seconds(20)) { pool.isReachable }
        let holds1 = try await pool.query("select * from t").isEmpty
        #expect(holds1)
        #expect(events.all == ["unreachable", "reachable"])
        await pool.close()
        #expect(await postgresError { try await pool.query("select 1") }?.kind == .closed)
    }

    @Test func terminatedBackendFailsItsRequestOnly() async throws {
        try await TestDatabase.withPool { admin in
            try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
                let pid = try await pool.query("select pg_backend_pid() as pid")[0].decode(Int.self, "pid")
                let sleeper = Task { await postgresError { try await pool.query("select pg_sleep(60)") } }
                try await eventually("the sleeper runs") {
                    try await !admin.query("select from pg_stat_activity where pid = \(pid) and wait_event = 'PgSleep'")
                        .isEmpty
                }
                try await admin.query("select pg_terminate_backend(\(pid)::int)")
                let error = try #require(await sleeper.value)
                #expect(error.sqlState == .adminShutdown && error.isConnectionFatal && error.isRetryable)
                #expect(error.outcome == .notApplied)
                try await expectAnswer(from: pool)
            }
        }
    }

    @Test func idleConnectionThatIsTerminatedIsReplaced() async throws {
        try await TestDatabase.withPool { admin in
            try await TestDatabase.withPool(try TestDatabase.configuration(connections: 1)) { pool in
                let pid = try await pool.query("select pg_backend_pid() as pid")[0].decode(Int.self, "pid")
                try await admin.query("select pg_terminate_backend(\(pid)::int)")
                try await eventually("the connection is replaced") {
                    let now = try? await pool.query("select pg_backend_pid() as pid")[0].decode(Int.self, "pid")
                    return now != nil && now != pid
                }
            }
        }
    }

    @Test func wrongPasswordIsToldApartAndNotShown() async throws {
        let parameters = try PostgresConfiguration(url: TestDatabase.url).parsed()
        // Only a server that asks for a password can refuse one.
        guard parameters["password"] != nil, let host = parameters["host"], let user = parameters["user"] else {
            return
        }
        let wrong = "postgresql://\(user):falsches-wort@\(host):\(parameters["port"] ?? "5432")/postgres"
        try await TestDatabase.withPool(try TestDatabase.configuration(wrong)) { pool in
            let error = try #require(await postgresError { try await pool.query("select 1") })
            #expect(error.kind == .authentication && !error.isRetryable)
            #expect(!"\(error)".contains("falsches-wort"))
            #expect(!pool.isReachable)
        }
    }

    @Test func configurationDoesNotShowThePassword() throws {
        let configuration = PostgresConfiguration(
            url: "postgresql://user:geheim@db.example:5433/shop?sslmode=verify-full")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("geheim") && text.contains("db.example") && text.contains("5433"))
        }
        #expect(try configuration.parsed()["sslmode"] == "verify-full")
        let error = #expect(throws: PostgresError.self) {
            try PostgresConfiguration(url: "postgresql://user:%zzgeheim@host/db").validate()
        }
        #expect(error?.kind == .configuration && error?.description.contains("geheim") == false)
    }

    @Test func unreachableHostFailsInTimeAndSecondHostIsTried() async throws {
        var configuration = try TestDatabase.configuration("postgresql://app@127.0.0.1:1/none")
        configuration.acquireTimeout = .milliseconds(300)
        try await TestDatabase.withPool(configuration) { pool in
            let error = try #require(await postgresError { try await pool.query("select 1") })
            #expect(error.kind == .unavailable && error.isRetryable)
        }
        let parameters = try PostgresConfiguration(url: TestDatabase.url).parsed()
        guard let host = parameters["host"], host == "127.0.0.1", let port = parameters["port"] else { return }
        let password = parameters["password"].map { ":\($0)" } ?? ""
        let both = "postgresql://\(parameters["user"] ?? "app")\(password)@127.0.0.1:1,127.0.0.1:\(port)/postgres"
        try await TestDatabase.withPool(try TestDatabase.configuration(both)) { pool in
            let answer = try await pool.query("select 1 as n")
            #expect(answer.count == 1)
        }
    }
}
