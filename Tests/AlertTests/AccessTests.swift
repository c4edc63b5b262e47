import Contracts
import Foundation
import HouseKit
import Isolation
import Postgres
import TestKit
import Testing

@testable import Bootstrap

/// Queries are counted where they are made, by program and user, and told with the heartbeat.
@Suite(.timeLimit(.minutes(2)))
struct AccessTests {
    @Test func statementsAreCountedByUser() async throws {
        var plan = House.Plan()
        plan.consumers = []
        plan.hasSandbox = false
        try await House.with(plan) { house in
            let counter = AccessCounter()
            var configuration = PostgresConfiguration(url: house.addresses.database, maxConnections: 2)
            configuration.counter = counter
            let pool = PostgresPool(configuration: configuration, logger: .init(label: "test"))
            try await pool.connect()
            _ = counter.take()
            let (one, two) = (UserID("user-one")!, UserID("user-two")!)
            for _ in 0..<7 { try await pool.query("select 1") }
            for _ in 0..<3 { try await pool.rows(of: one).query("select 1") }
            try await pool.rows(of: two).transaction { transaction in
                for _ in 0..<4 { try await transaction.query("select 1") }
            }
            // What comes after it is about nobody again.
            try await pool.query("select 2")
            let counts = counter.take()
            // With the statement that says whose rows they are.
            #expect(counts.bySubject == ["user-one": 6, "user-two": 5])
            #expect(counts.total >= 7 + 6 + 5 + 1)
            #expect(counter.take().bySubject.isEmpty)
            await pool.close()
        }
    }

    @Test func fewQueriesAboutSomebodyAreHeldBack() {
        var held = HeldCounts()
        held.add(["many": 20, "few": 19])
        #expect(held.take() == ["many": 20])
        held.add(["few": 1])
        #expect(held.take() == ["few": 20])
        // After five minutes what is left is forgotten.
        held.add(["rare": 19])
        for _ in 0..<18 { #expect(held.take().isEmpty) }
        held.add(["rare": 1])
        #expect(held.take().isEmpty)
    }

    @Test func aConsumerTellsThatItLives() async throws {
        try await WatchHouse.with(["repazoo-monitor"]) { watch in
            try await eventually("its heartbeat is there", within: .seconds(30)) {
                try await watch.house.number("select count(*) from heartbeats where program = 'repazoo-monitor'") == 1
            }
            #expect(try await watch.house.programs[0].stop() == 0)
            // One that stopped cleanly is not missed, and what it counted is told.
            #expect(try await watch.house.number("select count(*) from heartbeats") == 0)
            #expect(
                try await watch.house.number(
                    "select count(*) from database_access where program = 'repazoo-monitor' and user_id = ''") >= 1)
        }
    }
}
