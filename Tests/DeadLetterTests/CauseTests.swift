import AMQP
import Contracts
import Foundation
import Testing

@testable import Alerting

@Suite(.timeLimit(.minutes(1)))
struct CauseTests {
    @Test(arguments: DeadLetterReason.allCases)
    func whatAConsumerSaysIsTaken(reason: DeadLetterReason) {
        let letter = Letters.read([
            "repazoo-reason": .string(reason.rawValue), "repazoo-code": "network",
            "repazoo-died-at": "2026-11-23T21:04:10.25Z",
        ])
        #expect(letter.reason == reason)
        #expect(letter.code == "network")
        #expect(letter.diedAt == RFC3339.date("2026-11-23T21:04:10.25Z"))
        #expect(letter.isTimeKnown)
    }

    @Test(arguments: [
        ("delivery_limit", DeadLetterReason.crashLoop, "delivery_limit"), ("rejected", .rejected, "rejected"),
        ("expired", .expired, "expired"), ("maxlen", .overflow, "maxlen"), ("DROP TABLE", .unknown, "unknown"),
    ])
    func whatTheBrokerSaysIsTranslated(word: String, reason: DeadLetterReason, code: String) {
        let death = Letters.read(["x-death": .array([Letters.death("repazoo.ingest", word)])])
        #expect(death.reason == reason)
        #expect(death.code == code)
        #expect(death.diedAt == Date(timeIntervalSince1970: 1_799_999_000))
        let first = Letters.read([
            "x-first-death-reason": .string(word), "x-first-death-queue": "repazoo.ingest",
        ])
        #expect(first.reason == reason)
        #expect(first.diedAt == Letters.now)
        #expect(!first.isTimeKnown)
    }

    /// A delayed message carries the ladder's deaths, and the first of them for ever.
    @Test func theLadderIsNotTheCause() {
        let letter = Letters.read([
            "x-first-death-reason": "expired", "x-first-death-queue": "repazoo.delay.03",
            "x-death": .array([
                Letters.death("repazoo.ingest", "delivery_limit"), Letters.death("repazoo.delay.03", "expired"),
            ]),
        ])
        #expect(letter.reason == .crashLoop)
    }

    /// Anybody may publish a request with our headers; what died at the broker's hand has none of a consumer's.
    @Test func aForgedReasonDoesNotHideACrash() {
        let letter = Letters.read([
            "repazoo-reason": "invalid_message", "repazoo-code": "forged",
            "x-death": .array([Letters.death("repazoo.ingest", "delivery_limit")]),
        ])
        #expect(letter.reason == .crashLoop)
        #expect(letter.code == "delivery_limit")
    }

    @Test(
        arguments: [
            [:], ["repazoo-reason": "because"], ["repazoo-reason": 7], ["x-death": "rejected"], ["x-death": .array([])],
            ["x-death": .array([.array([.table(["queue": "repazoo.ingest"])])])],
            ["x-death": .array([.table(["queue": .table([:]), "reason": "rejected"])])],
            ["x-first-death-reason": .table(["a": .array([])])],
        ] as [AMQPTable])
    func nonsenseIsUnknown(headers: AMQPTable) {
        let letter = Letters.read(headers)
        #expect(letter.reason == .unknown)
        #expect(!letter.isTimeKnown)
        #expect(letter.diedAt == Letters.now)
    }

    @Test func nestingHasAnEnd() {
        var value = AMQPFieldValue.table(["queue": "repazoo.ingest", "reason": "expired"])
        for _ in 0..<20 { value = .array([value, .table(["x-death": value])]) }
        #expect(Letters.read(["x-death": value, "repazoo-history": value]).reason == .unknown)
        let many = AMQPFieldValue.array((0..<5000).map { Letters.death("repazoo.delay.\($0)", "expired") })
        guard case .array(let kept) = Letters.read(["x-death": many]).headers["x-death"] else {
            Issue.record("x-death is not summarised")
            return
        }
        #expect(kept.count == 16)
    }

    @Test func theTimeOfDeathIsOnlyTakenWhenCredible() {
        let history = "2026-11-23T10:00:00Z network, 2026-11-23T11:00:00Z timeout"
        let fromHistory = Letters.read(["repazoo-reason": "attempts_exhausted", "repazoo-history": .string(history)])
        #expect(fromHistory.diedAt == RFC3339.date("2026-11-23T11:00:00Z"))
        let inAMinute = RFC3339.text(Letters.now.addingTimeInterval(59))
        #expect(Letters.read(["repazoo-reason": "expired", "repazoo-died-at": .string(inAMinute)]).isTimeKnown)
        for text in [
            "9999-12-31T00:00:00Z", "1970-01-01T00:00:00Z", "yesterday",
            RFC3339.text(Letters.now.addingTimeInterval(61)),
        ] {
            let letter = Letters.read(["repazoo-reason": "expired", "repazoo-died-at": .string(text)])
            #expect(letter.diedAt == Letters.now, "\(text)")
        }
        let far = Letters.read(["x-death": .array([Letters.death("repazoo.ingest", "expired", at: .max)])])
        #expect(far.diedAt == Letters.now)
        #expect(far.reason == .expired)
    }

    @Test func theTrailHoldsTimesAndCodesOnly() {
        let text = "2026-11-23T10:00:00Z network, canary@example.org said, 2026-11-23T11:00:00Z Canary Person, x"
        #expect(AttemptTrail(text).text == "2026-11-23T10:00:00Z network")
        #expect(AttemptTrail(nil).text.isEmpty)
        var trail = AttemptTrail("")
        for second in 0..<1000 { trail.add("network", at: Date(timeIntervalSince1970: 1_700_000_000 + Double(second))) }
        #expect(trail.text.utf8.count <= 4096)
        #expect(trail.text.hasSuffix("2023-11-14T22:29:59Z network"))
        #expect(AttemptTrail(trail.text).text == trail.text)
        #expect(AttemptTrail(String(repeating: "2026-11-23T10:00:00Z network, ", count: 100_000)).entries.count < 300)
    }
}
