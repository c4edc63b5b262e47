import AMQP
import Contracts
import FoundationEssentials
import HouseKit
import Logging
import Postgres
import Testing

@testable import Scheduling

/// A leader's turn before a real broker and a real database.
@Suite(.timeLimit(.minutes(1)))
struct TickDeskTests {
    private let slot = Slot(schedule: "monitor", routingKey: .monitor, time: Date(timeIntervalSince1970: 4_000_000_200))

    /// A leader that slept between recording and publishing finds that it may no longer trust its lease.
    @Test func nothingIsPublishedWhenTrustIsOver() async throws {
        try await withHouse { house, slots in
            let term = try #require(
                try await LeaseTable(postgres: house.postgres, holder: "test", length: .seconds(60)).take())
            #expect(try await slots.record(slot, term: term) == .recorded)
            var desk = TickDesk(
                book: try .current(), slots: slots, publisher: house.publisher, program: "repazoo-scheduler",
                metrics: SchedulerMetrics(), tracer: nil, logger: Logger(label: "test"))
            #expect(try await desk.turn(term, until: .now) == .deposed)
            #expect(try await house.messages(in: "repazoo.monitor") == 0)
            #expect(try await slots.open() == [slot], "it waits for whoever leads")

            for _ in 1...2 { _ = try await desk.turn(term, until: .now + .seconds(60)) }
            let ticks = try await house.drain("repazoo.monitor")
            #expect(ticks.map(\.properties.messageID) == [slot.tick.messageID.rawValue], "once, however many turns")
            #expect(try await slots.open().isEmpty)
        }
    }

    @Test func ofAPauseNothingIsMadeUpFor() async throws {
        try await withHouse { house, slots in
            let book = try ScheduleBook.current()
            let monitor = try #require(book.schedules.first { $0.name == "monitor" })
            let desk = ScheduleDesk(book: book, postgres: house.postgres)
            #expect(try await desk.pause(monitor, by: "test"))
            try await house.postgres.query("update schedules set seen_until = '2020-01-01' where name = 'monitor'")
            let paused = try await slots.look()
            #expect(DueSlots(book, paused.states, now: paused.now).slots.isEmpty)
            #expect(try await desk.resume(monitor, by: "test"))
            let after = try await slots.look()
            #expect(DueSlots(book, after.states, now: after.now).slots.isEmpty)
        }
    }

    private func withHouse(_ body: (House, SlotTable) async throws -> Void) async throws {
        var plan = House.Plan()
        plan.consumers = []
        plan.hasSandbox = false
        try await House.with(plan) { house in
            let slots = SlotTable(postgres: house.postgres)
            try await slots.register(ScheduleBook.current())
            try await body(house, slots)
        }
    }
}
