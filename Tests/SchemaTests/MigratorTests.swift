import Postgres
import TestKit
import Testing

@testable import Schema

@Suite(.timeLimit(.minutes(2)))
struct MigratorTests {
    @Test func tenMigratorsAtOnceApplyEachMigrationOnce() async throws {
        try await SchemaScope.with { scope, pool in
            let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        let own = try scope.pool(connections: 1)
                        do {
                            let numbers = try await Migrator(postgres: own).apply().map(\.number)
                            await own.close()
                            return numbers
                        } catch {
                            await own.close()
                            throw error
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == Migration.all.map(\.number))
            let status = try await Migrator(postgres: pool).status()
            #expect(status.count == Migration.all.count)
            for row in status {
                guard case .applied = row.state else {
                    Issue.record("migration \(row.number) is \(row.state)")
                    continue
                }
            }
        }
    }

    @Test func statusOfAnEmptyDatabaseIsAllPendingAndChangesNothing() async throws {
        try await SchemaScope.with { _, pool in
            let states = try await Migrator(postgres: pool).status().map(\.state)
            #expect(states == Migration.all.map { _ in .pending })
            let tables = try await pool.query(
                "select count(*) as n from pg_tables where schemaname = current_schema()")[0].decode(Int.self, "n")
            #expect(tables == 0)
        }
    }

    @Test func aMigrationAppliedWithAnotherTextIsRefused() async throws {
        try await SchemaScope.with { _, pool in
            let first = Migration(number: 1, name: "one", sql: "create table one (a int)")
            _ = try await Migrator(postgres: pool, migrations: [first]).apply()
            let changed = Migration(number: 1, name: "one", sql: "create table one (b int)")
            let next = Migration(number: 2, name: "two", sql: "create table two (a int)")
            let migrator = Migrator(postgres: pool, migrations: [changed, next])
            await #expect { _ = try await migrator.apply() } throws: { error in
                guard case Migrator.Fault.changed(number: 1, name: "one") = error else { return false }
                return true
            }
            #expect(try await migrator.status().map(\.state) == [.changed, .pending])
        }
    }

    @Test func aDatabaseOfANewerProgramIsRefused() async throws {
        try await SchemaScope.with { _, pool in
            let one = Migration(number: 1, name: "one", sql: "create table one (a int)")
            let two = Migration(number: 2, name: "two", sql: "create table two (a int)")
            _ = try await Migrator(postgres: pool, migrations: [one, two]).apply()
            let older = Migrator(postgres: pool, migrations: [one])
            await #expect { _ = try await older.apply() } throws: { error in
                guard case Migrator.Fault.newerThanProgram(number: 2) = error else { return false }
                return true
            }
            #expect(try await older.status().last?.state == .unknown)
        }
    }

    @Test func aMigrationThatFailsLeavesNothingOfItself() async throws {
        try await SchemaScope.with { _, pool in
            let one = Migration(number: 1, name: "one", sql: "create table one (a int)")
            let bad = Migration(number: 2, name: "bad", sql: "create table half (a int); select no_such_column")
            await #expect(throws: PostgresError.self) {
                _ = try await Migrator(postgres: pool, migrations: [one, bad]).apply()
            }
            let row = try await pool.query(
                "select to_regclass('half') is null as gone, (select max(number) from schema_migrations) as newest")[0]
            #expect(try row.decode(Bool.self, "gone"))
            #expect(try row.decode(Int.self, "newest") == 1)
        }
    }
}
