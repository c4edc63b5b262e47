import FoundationEssentials
import Postgres
import Scheduling
import Schema

/// PostgreSQL: reachable, new enough, migrated, and of one mind with us about the time.
struct PostgresExamination: Sendable {
    let configuration: PostgresConfiguration

    private static let oldestVersion = 150_000

    func findings() async -> [Finding] {
        do {
            return try await CommandServers.withPool(configuration) { pool in
                [try await version(pool), try await clock(pool), try await schema(pool)]
                    + (try await RoleExamination(pool: pool).findings()) + (try await deadLetters(pool))
                    + (try await scheduler(pool)) + (try await WireExamination.findings(pool))
            }
        } catch {
            return [.bad("postgresql", "\(CommandFault(error))", "see the server's log; check DATABASE_URL")]
        }
    }

    private func version(_ pool: PostgresPool) async throws -> Finding {
        let row = try await pool.query(
            "select current_setting('server_version_num')::int as number, current_setting('server_version') as text")[0]
        let text = try row.decode(String.self, "text")
        guard try row.decode(Int.self, "number") >= Self.oldestVersion else {
            return .bad("postgresql", text, "version 15 or newer is needed")
        }
        return .good("postgresql", text)
    }

    private func clock(_ pool: PostgresPool) async throws -> Finding {
        try await ClockExamination.compare("the database's") {
            try await pool.query("select clock_timestamp() as now")[0].decode(Date.self, "now")
        }
    }

    private func schema(_ pool: PostgresPool) async throws -> Finding {
        let rows = try await Migrator(postgres: pool).status()
        let open = rows.filter { !$0.isApplied }
        if open.isEmpty { return .good("schema", "\(Plain.count(rows.count, "migration")) applied") }
        if open.allSatisfy({ $0.state == .pending }) {
            return .bad("schema", "\(Plain.count(open.count, "migration")) missing", "run `repazoo migrate`")
        }
        return .bad("schema", "made by another release", "run `repazoo migrate --status`")
    }

    /// Nothing is said of a table that is not there yet.
    private func deadLetters(_ pool: PostgresPool) async throws -> [Finding] {
        let there = try await pool.query("select to_regclass('dead_letters') is not null as there")[0]
        guard try there.decode(Bool.self, "there") else { return [] }
        let row = try await pool.query("select count(*) as n from dead_letters where status = 'new'")[0]
        let count = try row.decode(Int.self, "n")
        guard count > 0 else { return [.good("dead letters", "none that is new")] }
        return [.warning("dead letters", "\(count) new", "`repazoo dead list` tells why they died, and what to do")]
    }

    /// Nothing is said of tables that are not there yet.
    private func scheduler(_ pool: PostgresPool) async throws -> [Finding] {
        let there = try await pool.query("select to_regclass('scheduler_lease') is not null as there")[0]
        guard try there.decode(Bool.self, "there") else { return [] }
        let desk = ScheduleDesk(book: try .current(), postgres: pool)
        guard let leader = try await desk.leader() else {
            return [.warning("scheduler", "none leads: nothing runs by the clock", "start repazoo-scheduler")]
        }
        let paused = try await desk.standings().filter { $0.isPaused == true }.map(\.schedule.name)
        guard paused.isEmpty else {
            return [
                .warning(
                    "scheduler", "paused: \(paused.joined(separator: ", "))",
                    "`repazoo schedule resume \(paused[0])` when that is over")
            ]
        }
        return [.good("scheduler", "\(Plain.line(leader.holder)) leads, nothing is paused")]
    }
}
