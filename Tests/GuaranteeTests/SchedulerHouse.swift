import AMQP
import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing
import Topology

/// A house whose schedules go by a clock that the test moves. Leases go by the real one.
struct SchedulerHouse {
    let house: House

    var postgres: PostgresPool { house.postgres }
    var programs: [Program] { house.programs }

    static func with(_ body: (SchedulerHouse) async throws -> Void) async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan) { house in
            for statement: SQL in [
                "create table test_clock (ahead interval not null)", "grant select on test_clock to public",
                // Ten seconds after a slot of every schedule, so that moving by 300 s brings exactly one of monitor's.
                "insert into test_clock select date_trunc('day', clock_timestamp()) + interval '12:00:10' - clock_timestamp()",
                """
                create or replace function scheduler_clock() returns timestamptz language sql stable as
                $$ select clock_timestamp() + (select ahead from test_clock) $$
                """,
            ] { try await house.postgres.query(statement) }
            try await body(SchedulerHouse(house: house))
            for program in house.programs where program.isRunning { program.signal(SIGCONT) }
        }
    }

    @discardableResult
    func start() throws -> Program { try house.start("repazoo-scheduler") }

    /// Who leads now, if it is none of those.
    func leader(after former: [Program] = []) async throws -> Program {
        var found: Program?
        try await eventually("one leads", within: .seconds(30)) {
            found = programs.first { program in
                program.text().contains(#""leading""#) && !former.contains { $0 === program }
            }
            return found != nil
        }
        return try #require(found)
    }

    /// A schedule begins when a leader first sees it: a clock that is moved before that brings no slot.
    func knowsItsSchedules() async throws {
        try await eventually("the schedules are known") { try await number("select count(*) from schedules") > 0 }
    }

    func moveClock(by seconds: Int) async throws {
        try await postgres.query("update test_clock set ahead = ahead + make_interval(secs => \(Double(seconds)))")
    }

    /// Moves the clock and waits for the schedule's tick; its slot.
    func published(_ schedule: String, after seconds: Int) async throws -> Date {
        _ = try await leader()
        try await knowsItsSchedules()
        try await moveClock(by: seconds)
        try await eventually("the tick of \(schedule) is published", within: .seconds(20)) {
            try await latestSlot(of: schedule, is: "published")
        }
        return try await postgres.query(
            "select max(slot) as slot from schedule_slots where schedule = \(schedule) and status = 'published'"
        )[0].decode(Date.self, "slot")
    }

    /// Whether the schedule's latest slot is `recorded` or `published`.
    func latestSlot(of schedule: String, is status: String) async throws -> Bool {
        try await number(
            """
            select count(*) from schedule_slots
            where schedule = \(schedule) and status = \(status) and slot > scheduler_clock() - interval '300 seconds'
            """) == 1
    }

    func number(_ sql: SQL) async throws -> Int { try await house.number(sql) }

    func messages(in queue: QueueName) async throws -> Int { try await house.messages(in: queue.rawValue) }

    /// What lies in a queue of ticks, taken out of it.
    func ticks(in queue: QueueName) async throws -> [(tick: Tick, id: String)] {
        try await house.drain(queue.rawValue).map { (try Tick.decode($0.body), $0.properties.messageID ?? "") }
    }

    func unbindTicks() async throws {
        let connection = try await AMQPConnection.open(house.broker)
        try await connection.deleteExchange(ExchangeName.ticks.rawValue)
        try await connection.declareExchange(ExchangeName.ticks.rawValue, type: "topic")
        await connection.close()
    }

    func applyTopology() async throws { _ = try await TopologyApplier(try .current(), on: house.broker).apply() }
}

extension Calendar {
    static var utc: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}
