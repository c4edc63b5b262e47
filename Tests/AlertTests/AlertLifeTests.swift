import Contracts
import Foundation
import Testing

@testable import Alerts

@Suite struct AlertLifeTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let policy = AlertLife.Policy(calmLooks: 2, reopenWithin: .seconds(3600))

    private func at(_ minutes: Double) -> Date { start.addingTimeInterval(minutes * 60) }

    @Test func itIsCountedAndToldOnce() {
        var life = AlertLife(openedAt: start)
        for minute in 1...5 { #expect(life.see(.firing(times: 1), at: at(Double(minute)), policy) == .repeated) }
        #expect(life.count == 6)
        #expect(life.firstSeenAt == start && life.lastSeenAt == at(5) && life.openedAt == start)
        // A look that finds what was counted before adds nothing.
        #expect(life.see(.firing(times: 0), at: at(6), policy) == .nothing)
        #expect(life.count == 6)
    }

    @Test func itEndsAfterTwoCalmLooksInARow() {
        var life = AlertLife(openedAt: start)
        #expect(life.see(.calm, at: at(5), policy) == .nothing)
        #expect(life.status == .open)
        // One look between threshold and clear, or one that finds it again, begins anew.
        #expect(life.see(.near, at: at(10), policy) == .nothing)
        #expect(life.see(.calm, at: at(15), policy) == .nothing)
        #expect(life.see(.firing(times: 1), at: at(20), policy) == .repeated)
        #expect(life.see(.calm, at: at(25), policy) == .nothing)
        #expect(life.see(.calm, at: at(30), policy) == .resolved)
        #expect(life.status == .resolved && life.resolvedAt == at(30))
        #expect(life.see(.calm, at: at(35), policy) == .nothing)
    }

    @Test func itComesBackWithinTheHourAndNotAfterIt() {
        for (minutes, reopens) in [(59.9, true), (60.0, true), (60.1, false)] {
            var life = AlertLife(openedAt: start)
            _ = life.resolve(at: at(0))
            #expect(life.mayReopen(at: at(minutes), policy) == reopens)
            #expect(life.see(.firing(times: 3), at: at(minutes), policy) == (reopens ? .reopened : .nothing))
            #expect(life.episode == (reopens ? 2 : 1))
            #expect(life.count == (reopens ? 4 : 1))
            #expect(life.status == (reopens ? .open : .resolved))
        }
    }

    /// The more often it comes back, the longer it stays open: a flapping cause is told less and less often.
    @Test func flappingNeedsMoreCalmEachTime() {
        var life = AlertLife(openedAt: start)
        var minute = 0.0
        for needed in [2, 4, 6, 8, 8, 8] {
            var looks = 0
            var action = AlertLife.Action.nothing
            while action != .resolved {
                minute += 5
                looks += 1
                action = life.see(.calm, at: at(minute), policy)
            }
            #expect(looks == needed)
            #expect(life.see(.firing(times: 1), at: at(minute + 1), policy) == .reopened)
        }
    }

    @Test func anAcknowledgedOneCountsOnAndEndsByItself() {
        var life = AlertLife(openedAt: start)
        #expect(life.acknowledge() == .acknowledged)
        #expect(life.acknowledge() == .nothing)
        #expect(life.see(.firing(times: 1), at: at(5), policy) == .repeated)
        #expect(life.status == .acknowledged)
        _ = life.see(.calm, at: at(10), policy)
        #expect(life.see(.calm, at: at(15), policy) == .resolved)
        #expect(life.acknowledge() == .nothing)
        // The next episode is nobody's yet.
        #expect(life.see(.firing(times: 1), at: at(16), policy) == .reopened)
        #expect(life.status == .open)
    }

    @Test func oneThatOnlyPeopleEndIsNotEndedByCalm() {
        var life = AlertLife(openedAt: start)
        let policy = AlertLife.Policy(calmLooks: 1, resolvesItself: false)
        for minute in 1...50 { #expect(life.see(.calm, at: at(Double(minute)), policy) == .nothing) }
        #expect(life.resolve(at: at(60)) == .resolved)
        #expect(life.resolve(at: at(61)) == .nothing)
    }

    @Test func countsDoNotOverflow() {
        var life = AlertLife(openedAt: start, times: Int.max - 1)
        #expect(life.see(.firing(times: Int.max), at: at(1), policy) == .repeated)
        #expect(life.count == Int.max)
    }
}

@Suite struct BreachClockTests {
    private let aware = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func itRemindsMoreOftenTowardsTheEndAndDailyAfterIt() {
        let clock = BreachClock(awareAt: aware)
        #expect(clock.deadlineAt == aware.addingTimeInterval(72 * 3600))
        let edges: [(hours: Double, reminders: Int)] = [
            (0, 0), (23.99, 0), (24, 1), (47.99, 1), (48, 2), (60, 3), (66, 4), (70, 5), (71, 6), (71.99, 6), (72, 7),
            (95.99, 7), (96, 8), (120, 9),
        ]
        for edge in edges {
            #expect(
                clock.reminders(at: aware.addingTimeInterval(edge.hours * 3600)) == edge.reminders, "\(edge.hours) h")
        }
    }

    @Test func itTellsWhatIsLeft() {
        let clock = BreachClock(awareAt: aware)
        #expect(clock.words(at: aware) == "72 h 0 min left")
        #expect(clock.words(at: aware.addingTimeInterval(71.5 * 3600)) == "30 min left")
        #expect(clock.words(at: aware.addingTimeInterval(74 * 3600)) == "2 h 0 min over")
    }

    /// While somebody looks after it, only the last day's reminders are given; none is given twice, and none once it is over.
    @Test func remindersOfAnAlert() {
        let rule = AlertRule(
            name: "breach", measure: .auditFaults, severity: .compliance, threshold: 0, resolvesItself: false)
        func hours(_ hours: Double) -> Date { aware.addingTimeInterval(hours * 3600) }
        var alert = Alert(rule: rule, subject: nil, at: aware)
        #expect(alert.remind(at: hours(23)) == nil)
        #expect(alert.remind(at: hours(25)) == 1)
        #expect(alert.remind(at: hours(26)) == nil)
        _ = alert.acknowledge(by: "repazoo", note: nil, at: hours(27))
        #expect(alert.remind(at: hours(47.9)) == nil)
        #expect(alert.remind(at: hours(61)) == 3)
        _ = alert.resolve(by: "repazoo", note: "told", at: hours(62))
        #expect(alert.remind(at: hours(100)) == nil)
        // Other severities have no clock.
        var other = Alert(
            rule: AlertRule(name: "depth", measure: .queueDepth, severity: .critical, threshold: 0), subject: nil,
            at: aware)
        #expect(other.clock == nil && other.remind(at: hours(100)) == nil)
    }
}
