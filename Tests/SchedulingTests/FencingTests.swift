import Contracts
import FoundationEssentials
import Logging
import Postgres
import Schema
import TestKit
import Testing

@testable import Scheduling

/// The lease and the slots on a real PostgreSQL, in a schema of their own.
@Suite(.timeLimit(.minutes(1)))
struct FencingTests {
    private let slot = Slot(schedule: "monitor", routingKey: .monitor, time: Date(timeIntervalSince1970: 4_000_000_200))

    @Test func oneOfManyGetsTheLease() async throws {
        try await withSchema { pool in
            let terms = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<16 { group.addTask { try await lease(pool, "holder \(number)").take() } }
                return try await group.reduce(into: [Int]()) { terms, term in if let term { terms.append(term) } }
            }
            #expect(terms == [1])
        }
    }

    @Test func aLeaseThatRanOutIsNeitherRenewedNorTrusted() async throws {
        try await withSchema { pool in
            let slots = SlotTable(postgres: pool)
            try await slots.register(ScheduleBook.current())
            let first = try #require(try await lease(pool, "first").take())
            #expect(try await lease(pool, "first").renew(first))
            #expect(try await lease(pool, "second").take() == nil)
            try await pool.query("update scheduler_lease set expires_at = clock_timestamp()")
            #expect(try await !lease(pool, "first").renew(first))
            #expect(try await slots.record(slot, term: first) == .deposed, "even before somebody else leads")

            let second = try #require(try await lease(pool, "second").take())
            #expect(second == first + 1)
            #expect(try await slots.record(slot, term: first) == .deposed)
            #expect(try await slots.open().isEmpty)
            try await lease(pool, "first").resign(first)
            #expect(
                try await slots.record(slot, term: second) == .recorded, "a resignation of an old term means nothing")
            #expect(try await slots.record(slot, term: second) == .known)
            #expect(try await slots.open() == [slot])
            try await slots.settle(slot)
            #expect(try await slots.open().isEmpty)
        }
    }

    @Test func aScheduleThatWasPausedMeanwhileIsLeftAlone() async throws {
        try await withSchema { pool in
            let slots = SlotTable(postgres: pool)
            try await slots.register(ScheduleBook.current())
            let term = try #require(try await lease(pool, "first").take())
            try await pool.query("update schedules set paused_at = now() where name = 'monitor'")
            #expect(try await slots.record(slot, term: term) == .known)
            #expect(try await slots.open().isEmpty)
        }
    }

    /// Times that change count from the change on: nothing of the past comes due by it.
    @Test func aScheduleWithNewTimesBeginsAnew() async throws {
        try await withSchema { pool in
            let slots = SlotTable(postgres: pool)
            try await slots.register(ScheduleBook.current())
            try await pool.query(
                "update schedules set seen_until = '2020-01-01', cron = '1 1 1 1 *' where name = 'monitor'")
            try await pool.query("update schedules set seen_until = '2020-01-01' where name = 'retention'")
            try await slots.register(ScheduleBook.current())
            let states = try await slots.look().states
            #expect(try ScheduleBook.current().isKnown(to: states))
            let years = Dictionary(uniqueKeysWithValues: states.map { ($0.name, RFC3339.text($0.seenUntil).prefix(4)) })
            #expect(years["monitor"] != "2020" && years["retention"] == "2020")
        }
    }

    private func lease(_ pool: PostgresPool, _ holder: String) -> LeaseTable {
        LeaseTable(postgres: pool, holder: holder, length: .seconds(60))
    }

    private func withSchema(_ body: (PostgresPool) async throws -> Void) async throws {
        let name = uniqueName("s")
        let configuration = PostgresConfiguration(
            url: try SharedServers.address(of: .postgres), maxConnections: 8, applicationName: "scheduling-tests",
            acquireTimeout: .seconds(30), settings: ["timezone": "UTC", "search_path": name])
        let pool = PostgresPool(
            configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        do {
            try await pool.query("create schema \(identifier: name)")
            _ = try await Migrator(postgres: pool).apply()
            try await body(pool)
        } catch {
            _ = try? await pool.query("drop schema if exists \(identifier: name) cascade")
            await pool.close()
            throw error
        }
        _ = try await pool.query("drop schema \(identifier: name) cascade")
        await pool.close()
    }
}
