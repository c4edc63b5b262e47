import Contracts
import FoundationEssentials
import Testing

@testable import ConsumerRuntime

@Suite struct AttemptPolicyTests {
    private let policy = AttemptPolicy()
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private var deadline: Date { now.addingTimeInterval(3600) }

    private func decide(_ outcome: Outcome, attempt: Int = 1, deadline: Date? = nil) -> AttemptPolicy.Decision {
        policy.decision(for: outcome, attempt: attempt, deadline: deadline ?? self.deadline, now: now, jitter: 1)
    }

    @Test func doneAndRefusedAreAcknowledged() {
        #expect(decide(.done) == .acknowledge)
        #expect(decide(.refused(.noConsent)) == .acknowledge)
    }

    @Test func aFailureThatMayPassCostsAnAttemptAndWaits() {
        #expect(decide(.failed(.network)) == .delay(until: now.addingTimeInterval(2), attempt: 2, code: "network"))
        #expect(
            decide(.failed(.network), attempt: 4)
                == .delay(until: now.addingTimeInterval(16), attempt: 5, code: "network"))
    }

    @Test func aTimeNamedByTheOtherSideIsKept() {
        #expect(
            decide(.failed(.provider, retryAfter: .seconds(90)))
                == .delay(until: now.addingTimeInterval(90), attempt: 2, code: "provider"))
    }

    @Test func theLastAttemptIsTheTenth() {
        #expect(decide(.failed(.network), attempt: 10) == .bury(.attemptsExhausted, code: "network"))
        guard case .delay(_, let attempt, _) = decide(.failed(.network), attempt: 9) else {
            Issue.record("the ninth attempt must not be the last")
            return
        }
        #expect(attempt == 10)
    }

    @Test func waitingForARateWindowCostsNoAttempt() {
        let reset = now.addingTimeInterval(600)
        #expect(
            decide(.notBefore(reset, because: .rateLimited), attempt: 7)
                == .delay(until: reset, attempt: 7, code: "rate_limited"))
    }

    @Test func aTimeThatIsPastNeverCirclesWithoutAPause() {
        #expect(
            decide(.notBefore(now.addingTimeInterval(-5), because: .rateLimited))
                == .delay(until: now.addingTimeInterval(1), attempt: 1, code: "rate_limited"))
    }

    @Test func theDeadlineEndsPostponement() {
        #expect(
            decide(.notBefore(deadline, because: .circuitOpen))
                == .delay(until: deadline, attempt: 1, code: "circuit_open"))
        #expect(
            decide(.notBefore(deadline.addingTimeInterval(1), because: .circuitOpen))
                == .bury(.deadlinePassed, code: "circuit_open"))
        #expect(
            decide(.failed(.network, retryAfter: .seconds(3601))) == .bury(.deadlinePassed, code: "network"))
    }

    @Test func aFailureForGoodIsBuriedAtOnce() {
        #expect(decide(.failedForGood(.corruptState)) == .bury(.permanentFailure, code: "corrupt_state"))
    }

    @Test func historyKeepsTheNewestWhenItGrows() {
        var history = AttemptHistory(nil)
        for number in 0..<500 { history.add("code\(number)", at: now) }
        #expect(history.text.utf8.count <= AttemptHistory.limit)
        #expect(history.text.hasSuffix("code499"))
        #expect(!history.text.contains("code0,"))
        #expect(history.text.hasPrefix("20"))
    }
}
