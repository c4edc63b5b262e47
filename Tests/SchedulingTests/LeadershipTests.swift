import Contracts
import Foundation
import Testing

@testable import Scheduling

@Suite(.timeLimit(.minutes(1)))
struct LeadershipTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .milliseconds(Int(seconds * 1000)) }

    private func leader() -> Leadership {
        var leadership = Leadership(at: start)
        #expect(leadership.next(at: at(0)) == .ask)
        leadership.granted(7, askedAt: at(0))
        return leadership
    }

    @Test func whoFollowsAsksAgainAndAgain() {
        var leadership = Leadership(at: start)
        #expect(leadership.next(at: at(0)) == .ask)
        leadership.refused(at: at(0.1))
        #expect(leadership.term == nil)
        #expect(leadership.next(at: at(1)) == .rest(until: at(2.1)))
        #expect(leadership.next(at: at(2.1)) == .ask)
        leadership.unanswered(at: at(2.2))
        #expect(leadership.next(at: at(4.1)) == .rest(until: at(4.2)))
    }

    @Test func whoLeadsWorksAndRenews() {
        var leadership = leader()
        #expect(leadership.term == 7)
        #expect(leadership.next(at: at(0.1)) == .work(term: 7, until: at(9)))
        leadership.worked(lookAgainAt: at(60))
        #expect(leadership.next(at: at(0.2)) == .rest(until: at(3)))
        #expect(leadership.next(at: at(3)) == .renew(term: 7))
        leadership.granted(7, askedAt: at(3))
        #expect(leadership.next(at: at(3.1)) == .work(term: 7, until: at(12)))
        leadership.worked(lookAgainAt: at(4))
        #expect(leadership.next(at: at(3.2)) == .rest(until: at(4)))
    }

    /// Both sides of the edge: trust counts from before the question, and ends a second before the lease does.
    @Test func trustEndsBeforeTheLeaseDoes() {
        var leadership = leader()
        leadership.worked(lookAgainAt: at(60))
        #expect(leadership.next(at: at(8.999)) == .renew(term: 7))
        #expect(leadership.term == 7)
        #expect(leadership.next(at: at(9)) == .ask)
        #expect(leadership.term == nil)
    }

    @Test func silenceKeepsTheTermAndNotTheTrust() {
        var leadership = leader()
        leadership.worked(lookAgainAt: at(60))
        leadership.unanswered(at: at(3.5))
        #expect(leadership.next(at: at(4)) == .rest(until: at(4.5)))
        #expect(leadership.next(at: at(4.5)) == .renew(term: 7))
        leadership.unanswered(at: at(8.5))
        #expect(leadership.next(at: at(9)) == .ask)
    }

    @Test func whoIsRefusedFollowsAtOnce() {
        var leadership = leader()
        leadership.refused(at: at(3))
        #expect(leadership.term == nil)
        leadership.worked(lookAgainAt: at(3))
        #expect(leadership.next(at: at(4)) == .rest(until: at(5)))
    }

    /// No leader dies so late that the next one comes later than 15 s after it.
    @Test func theNextOneComesInTime() {
        let terms = Leadership.Terms()
        #expect(terms.term + terms.askEvery <= .seconds(15) - .seconds(2))
        #expect(terms.renewEvery * 2 < terms.term - terms.margin, "one renewal may fail")
    }
}

@Suite(.timeLimit(.minutes(1)))
struct DueSlotsTests {
    private let now = RFC3339.date("2026-11-24T10:02:30Z") ?? .distantPast

    private func due(_ seenUntil: String, paused: Bool = false) throws -> DueSlots {
        let schedule = Schedule(
            name: "monitor", cron: try CronExpression("*/5 * * * *"), routingKey: .monitor, purpose: "x")
        let state = ScheduleState(
            name: "monitor", cron: "*/5 * * * *", seenUntil: try #require(RFC3339.date(seenUntil)), isPaused: paused)
        return DueSlots(ScheduleBook(schedules: [schedule]), [state], now: now)
    }

    @Test func aSlotComesOnce() throws {
        #expect(try due("2026-11-24T09:59:59Z").slots.map { RFC3339.text($0.time) } == ["2026-11-24T10:00:00Z"])
        #expect(try due("2026-11-24T09:59:59Z").behind.isEmpty)
        #expect(try due("2026-11-24T10:00:00Z").slots.isEmpty)
        #expect(try due("2026-11-24T10:00:00Z").next.map(RFC3339.text) == "2026-11-24T10:05:00Z")
    }

    @Test func ofManyMissedOnesTheLatestComes() throws {
        let due = try due("2026-11-20T00:00:00Z")
        #expect(due.slots.map { RFC3339.text($0.time) } == ["2026-11-24T10:00:00Z"])
        #expect(due.behind == ["monitor"])
    }

    @Test func aPausedScheduleHasNone() throws {
        let due = try due("2026-11-20T00:00:00Z", paused: true)
        #expect(due.slots.isEmpty && due.next == nil)
    }

    @Test func theIdOfATickIsDerivedFromScheduleAndSlot() {
        let tick = Tick(schedule: "retention", slot: Date(timeIntervalSince1970: 1_800_000_000))
        #expect(
            tick.messageID == Tick(schedule: "retention", slot: Date(timeIntervalSince1970: 1_800_000_000)).messageID)
        #expect(tick.messageID != Tick(schedule: "monitor", slot: tick.slot).messageID)
        #expect(tick.messageID != Tick(schedule: "retention", slot: tick.slot.addingTimeInterval(60)).messageID)
    }
}
