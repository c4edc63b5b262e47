import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// Guarantee 12, the publishing half: of any number of schedulers one leads, and each slot's tick is published once, whoever
/// dies, sleeps or is late. Real processes on a database whose schedules go by a clock that the test moves.
@Suite(.timeLimit(.minutes(5)))
struct OneSchedulerLeads {
    /// DESIGN.md, section 7.
    static let takeover = Duration.seconds(15)

    @Test func threeSchedulersPublishEachSlotOnce() async throws {
        try await SchedulerHouse.with { house in
            for _ in 1...3 { try house.start() }
            let leader = try await house.leader()
            var slots: [Date] = []
            for _ in 1...3 { slots.append(try await house.published("monitor", after: 300)) }
            #expect(Set(slots).count == 3)
            let ticks = try await house.ticks(in: .monitor)
            #expect(ticks.map(\.tick.slot) == slots, "one message a slot")
            #expect(ticks.allSatisfy { $0.id == $0.tick.messageID.rawValue && $0.tick.schedule == "monitor" })
            #expect(
                house.programs.filter { $0.text().contains(#""leading""#) }.map(ObjectIdentifier.init) == [
                    ObjectIdentifier(leader)
                ])
        }
    }

    /// Whoever resigns is followed at once, whoever is killed within 15 s; the slot that came meanwhile is published once.
    @Test func aStoppedAndAKilledLeaderAreFollowedInTime() async throws {
        try await SchedulerHouse.with { house in
            for _ in 1...3 { try house.start() }
            let first = try await house.leader()
            let stopped = ContinuousClock.now
            #expect(try await first.stop() == 0)
            let second = try await house.leader(after: [first])
            let afterStop = ContinuousClock.now - stopped
            #expect(afterStop < .seconds(8), "a resignation is not waited out")

            try await house.knowsItsSchedules()
            let killed = ContinuousClock.now
            try await second.kill()
            try await house.moveClock(by: 300)
            let third = try await house.leader(after: [first, second])
            let afterKill = ContinuousClock.now - killed
            #expect(afterKill < Self.takeover)
            try await eventually("the slot's tick is published") { try await house.messages(in: .monitor) >= 1 }
            #expect(third.isRunning)
            #expect(try await house.ticks(in: .monitor).count == 1)
            print("scheduler | followed \(afterStop) after a stop, \(afterKill) after a SIGKILL")
        }
    }

    /// Whoever was stopped for longer than its lease lasts wakes up as one of many.
    @Test func aFrozenLeaderThatWakesPublishesNothing() async throws {
        try await SchedulerHouse.with { house in
            for _ in 1...2 { try house.start() }
            let frozen = try await house.leader()
            try await house.knowsItsSchedules()
            frozen.signal(SIGSTOP)
            try await house.moveClock(by: 300)
            let awake = try await house.leader(after: [frozen])
            try await eventually("the other publishes") { try await house.messages(in: .monitor) == 1 }
            try await house.moveClock(by: 300)
            frozen.signal(SIGCONT)
            try await eventually("it learns that it follows", within: .seconds(20)) {
                frozen.text().contains("following: another leads")
            }
            try await eventually("the next slot is published") { try await house.messages(in: .monitor) == 2 }
            #expect(try await house.ticks(in: .monitor).count == 2)
            #expect(!frozen.text().contains("tick published"))
            #expect(awake.text().components(separatedBy: "tick published").count == 3)
            #expect(try await house.number("select count(*) from schedule_slots where term = 2") == 2)
        }
    }

    /// A slot that was missed while nobody ran is published once; of several the latest. A paused schedule misses none.
    @Test func missedSlotsArePublishedOnceOnReturn() async throws {
        try await SchedulerHouse.with { house in
            let before = try house.start()
            _ = try await house.published("monitor", after: 300)
            #expect(try await before.stop() == 0)
            try await house.postgres.query("update schedules set paused_at = now() where name = 'exports'")

            // A day and an hour: one slot of retention or two, 300 of monitor.
            try await house.moveClock(by: 25 * 3600)
            for _ in 1...2 { try house.start() }
            try await eventually("what was missed is published", within: .seconds(20)) {
                try await house.latestSlot(of: "monitor", is: "published")
            }
            _ = try await house.published("monitor", after: 300)
            let monitor = try await house.ticks(in: .monitor).map(\.tick.slot)
            #expect(monitor.count == 3, "one before, the latest that was missed, one after")
            let retention = try await house.ticks(in: .retention)
            #expect(retention.count == 1 && retention.first?.tick.schedule == "retention")
            #expect(try await house.number("select count(*) from schedule_slots where status <> 'published'") == 0)
            let hour = retention.first.map { Calendar.utc.component(.hour, from: $0.tick.slot) }
            #expect(hour == 3)
        }
    }

    /// Without its queue a tick is not lost: it is recorded, and published when there is one; of several the latest.
    @Test func aTickThatNoQueueTakesWaits() async throws {
        try await SchedulerHouse.with { house in
            let scheduler = try house.start()
            _ = try await house.leader()
            try await house.knowsItsSchedules()
            try await house.unbindTicks()
            for _ in 1...2 {
                try await house.moveClock(by: 300)
                try await eventually("the slot is recorded", within: .seconds(20)) {
                    try await house.latestSlot(of: "monitor", is: "recorded")
                }
            }
            try await eventually("it is told") { scheduler.text().contains("repazoo topology apply") }
            #expect(
                scheduler.text().components(separatedBy: "a tick could not be published").count == 2,
                "once, not each second")
            try await house.applyTopology()
            try await eventually("the tick is published", within: .seconds(20)) {
                try await house.number(
                    "select count(*) from schedule_slots where schedule = 'monitor' and status = 'published'") == 1
            }
            #expect(try await house.ticks(in: .monitor).count == 1)
            #expect(try await house.number("select count(*) from schedule_slots where status = 'superseded'") == 1)
        }
    }
}
