import Contracts
import Foundation
import Testing

@testable import Alerts
@testable import Monitoring

@Suite struct RoundTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let rule = AlertRule(
        name: "quota", measure: .quotaExceeded, severity: .warning, threshold: 5, window: .seconds(60))
    private let handRule = AlertRule(
        name: "chain", measure: .auditFaults, severity: .compliance, threshold: 0, window: .seconds(60),
        resolvesItself: false)

    private func round(at time: Date? = nil) -> Round {
        Round(
            rules: AlertRules(rules: [rule, handRule], routing: [:], channels: [:], reopenWithin: .seconds(3600)),
            now: time ?? now)
    }

    private func stored(_ changes: [Round.Change]) -> [String: Alert] {
        Dictionary(uniqueKeysWithValues: changes.map { ($0.alert.fingerprint, $0.alert) })
    }

    @Test func atTheThresholdNothingAndOneAboveAnAlert() {
        #expect(round().changes(["quota": [Sample("user-1", 5)]], current: [:]) == [])
        let changes = round().changes(["quota": [Sample("user-1", 6, userID: UserID("user-1"))]], current: [:])
        #expect(changes.map(\.action) == [.opened])
        #expect(changes.first?.alert.subject == "user-1")
        #expect(changes.first?.alert.maskedSubject == "***er-1")
    }

    @Test func aSubjectThatIsNotFoundIsCalmAndARuleThatIsNotMeasuredChangesNothing() {
        let opened = stored(round().changes(["quota": [Sample("a", 9)]], current: [:]))
        #expect(round().changes([:], current: opened) == [])
        var current = opened
        current.merge(stored(round().changes(["quota": []], current: current))) { $1 }
        #expect(current.values.first?.life.calm == 1)
        let end = round().changes(["quota": []], current: current)
        #expect(end.map(\.action) == [.resolved])
    }

    /// What was counted stays in its window for a while: only what is new counts, and brings back what was resolved.
    @Test func onlyNewEntriesCount() {
        let first = Sample("a", 9, latest: now.addingTimeInterval(-30))
        let current = stored(round().changes(["quota": [first]], current: [:]))
        #expect(round(at: now.addingTimeInterval(300)).changes(["quota": [first]], current: current).isEmpty)
        let later = Sample("a", 10, latest: now.addingTimeInterval(200))
        let change = round(at: now.addingTimeInterval(300)).changes(["quota": [later]], current: current)
        #expect(change.map(\.action) == [.repeated] && change.first?.alert.life.count == 2)

        var alert = current.values.first!
        _ = alert.resolve(by: "somebody", note: nil, at: now.addingTimeInterval(250))
        let resolved = [alert.fingerprint: alert]
        #expect(round(at: now.addingTimeInterval(300)).changes(["quota": [later]], current: resolved).isEmpty)
        let newest = Sample("a", 11, latest: now.addingTimeInterval(260))
        #expect(
            round(at: now.addingTimeInterval(300)).changes(["quota": [newest]], current: resolved).map(\.action) == [
                .reopened
            ])
    }

    @Test func whatSomebodyHasEndedByHandIsNotFoundAgainUnlessThereIsMoreOfIt() {
        var alert = round().changes(["chain": [Sample("chain 4", 2)]], current: [:])[0].alert
        _ = alert.resolve(by: "somebody", note: "a test", at: now)
        let current = [alert.fingerprint: alert]
        for later in [60.0, 7200] {
            let round = round(at: now.addingTimeInterval(later))
            #expect(round.changes(["chain": [Sample("chain 4", 2)]], current: current) == [])
            #expect(round.changes(["chain": [Sample("chain 4", 3)]], current: current).count == 1)
        }
    }

    @Test func aFaultOfEverybodyIsFiftyOneAlerts() {
        let samples = (0..<10_000).map { Sample("user-\($0)", 6 + Double($0)) }
        let changes = round().changes(["quota": samples], current: [:])
        #expect(changes.count == 51)
        #expect(changes.contains { $0.alert.subject == "user-9999" })
        let others = changes.first { $0.alert.subject == Round.others }
        #expect(others?.alert.detail["subjects"] == .integer(9950))
    }

    @Test func queuesWithoutConsumers() {
        let survey = BrokerSurvey.Result(queues: [
            "repazoo.ingest": .init(messages: 1, consumers: 0), "repazoo.analyze": .init(messages: 1, consumers: 1),
            "repazoo.export": .init(messages: 0, consumers: 0), "repazoo.ingest.dead": .init(messages: 2, consumers: 0),
            "repazoo.retention": .init(messages: 1, consumers: 1),
        ])
        let beats = [
            "repazoo-analyze": QueueMeasures.Heartbeat(beatAt: now.addingTimeInterval(-90), takenPublishedAt: nil),
            // Connected, and silent for longer than may be.
            "repazoo-retention": QueueMeasures.Heartbeat(beatAt: now.addingTimeInterval(-91), takenPublishedAt: nil),
        ]
        #expect(
            QueueMeasures.missing(survey, beats, at: now).map(\.subject)
                == ["repazoo.ingest", "repazoo.ingest.dead", "repazoo.retention"])
    }
}
