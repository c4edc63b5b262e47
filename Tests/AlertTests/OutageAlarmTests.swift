import Foundation
import Testing

@testable import Alerting

@Suite struct OutageAlarmTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func at(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    @Test func atTheLimitNothingAndAfterItPeopleAreTold() {
        var alarm = OutageAlarm()
        alarm.report(isAway: true, at: start)
        #expect(alarm.look(at: at(119), limit: 120) == .nothing)
        // It counts from the first report of it.
        alarm.report(isAway: true, at: at(60))
        #expect(alarm.look(at: at(120), limit: 120) == .nothing)
        #expect(alarm.look(at: at(121), limit: 120) == .tell(since: start))
        // Again, until somebody could be told.
        #expect(alarm.look(at: at(122), limit: 120) == .tell(since: start))
        alarm.told()
        #expect(alarm.look(at: at(9000), limit: 120) == .nothing)
        alarm.report(isAway: false, at: at(9001))
        #expect(alarm.look(at: at(9002), limit: 120) == .tellOver(since: start))
        alarm.toldOver()
        #expect(alarm.look(at: at(9003), limit: 120) == .nothing)
    }

    @Test func oneThatIsBackInTimeIsForgotten() {
        var alarm = OutageAlarm()
        alarm.report(isAway: true, at: start)
        alarm.report(isAway: false, at: at(100))
        alarm.report(isAway: true, at: at(110))
        #expect(alarm.look(at: at(200), limit: 120) == .nothing)
        #expect(alarm.look(at: at(231), limit: 120) == .tell(since: at(110)))
    }

    /// Away again before its end was told: it is one outage, and its end is told once.
    @Test func oneThatGoesAgainBeforeItsEndWasToldIsTheSame() {
        var alarm = OutageAlarm()
        alarm.report(isAway: true, at: start)
        _ = alarm.look(at: at(121), limit: 120)
        alarm.told()
        alarm.report(isAway: false, at: at(130))
        alarm.report(isAway: true, at: at(131))
        #expect(alarm.look(at: at(132), limit: 120) == .nothing)
        alarm.report(isAway: false, at: at(140))
        #expect(alarm.look(at: at(141), limit: 120) == .tellOver(since: start))
    }
}
