import CircuitBreakers
import Contracts
import Foundation
import Postgres
import Privacy
import RateLimits
import TestKit
import Testing

@testable import TwitterAPI
@testable import TwitterCalls

/// X says no.
@Suite(.timeLimit(.minutes(2)))
struct RefusalTests {
    @Test func a429IsKnownToEveryProcess() async throws {
        try await CallsScope.with { scope in
            let (here, there) = (try scope.calls(), try scope.calls())
            try await scope.house.setFaults("twitter/users:429=300s@1")
            let theirs = try #require(await here.refusal("811"))
            #expect(theirs.isByProvider && theirs.scope == .user)
            #expect((299...335).contains(theirs.until.timeIntervalSinceNow))
            try await scope.house.setFaults(nil)
            let ours = try #require(await there.refusal("811"))
            #expect(!ours.isByProvider && (295...335).contains(ours.until.timeIntervalSinceNow))
            try await there.page("812")
            #expect(try await scope.callsSeen() == 2)
        }
    }

    @Test(arguments: [("past-reset", 60.0...67), ("429=1s", 59...67), ("429=2000s", 1999...2035)])
    func itsResetIsBelievedWithinReason(fault: String, seconds: ClosedRange<Double>) async throws {
        try await CallsScope.with { scope in
            try await scope.house.setFaults("twitter/users:\(fault)")
            let limited = try #require(await scope.calls().refusal("813"))
            #expect(seconds.contains(limited.until.timeIntervalSinceNow), "\(limited.until.timeIntervalSinceNow)")
        }
    }

    /// X's clock is hours ahead: its windows are no longer than a window can be.
    @Test func aClockFarAheadHoldsUpForAWindowAtMost() async throws {
        try await CallsScope.with { scope in
            let calls = try scope.calls("900/15m")
            try await scope.house.setFaults("twitter/users:skew=10h")
            try await calls.page("814")
            try await calls.page("814")
            let rate = RateHeaders(window: RateWindow(limit: 900, remaining: 0, resetsAt: Date() + 36_000))
            _ = try await calls.answered(rate)
            let limited = await #expect(throws: RateLimited.self) { try await calls.answered(RateHeaders()) }
            #expect((890...935).contains(limited?.until.timeIntervalSinceNow ?? 0))
        }
    }

    @Test func theUsageCapStopsTheWholeAppAndIsToldOnce() async throws {
        try await CallsScope.with { scope in
            let (here, there) = (try scope.calls(), try scope.calls())
            try await scope.house.setFaults("twitter/users:usage-cap")
            let told = await #expect(throws: UsageCapped.self) { try await here.page("815") }
            #expect(told?.isByProvider == true && (3590...3640).contains(told?.until.timeIntervalSinceNow ?? 0))
            #expect(
                TwitterCalls.outcome(of: try #require(told), at: Date())
                    == .notBefore(try #require(told).until, because: .usageCapped), "no attempt, and no rate limit")
            try await scope.house.setFaults(nil)
            let heard = await #expect(throws: UsageCapped.self) { try await there.page("816") }
            #expect(heard?.isByProvider == false)
            #expect(try await scope.callsSeen() == 1)
            #expect(
                try await scope.house.number("select count(*) from audit_log where action = 'provider.usage_capped'")
                    == 1)
            #expect(
                try await scope.house.number(
                    "select count(*) from alert_outbox where notice->>'rule' = 'usage_capped'") == 1)
            #expect(here.circuit.position == .closed, "X is well")
        }
    }

    /// Each failed refresh may cost a user the consent: a provider that fails is left alone before all are spent.
    @Test func refreshesStopWhenXFails() async throws {
        try await CallsScope.with { scope in
            let calls = try scope.calls()
            try await scope.house.setFaults("twitter/oauth2/token:500")
            let sent = Tally<String>()
            func refresh(_ number: Int) async throws {
                let user = try #require(UserID("user-\(number)"))
                _ = try await calls.refreshToken(SecretString("sandbox-refresh-\(number)"), for: user) {
                    sent.add("sent")
                }
            }
            for number in 0..<5 {
                await #expect(throws: TwitterError.refreshMayHaveHappened) { try await refresh(9100 + number) }
            }
            for number in 5..<20 {
                await #expect(throws: CircuitOpen.self) { try await refresh(9100 + number) }
            }
            #expect(sent.total == 5, "nothing was noted as sent after the circuit opened")
        }
    }

    @Test func aRefreshThatIsRateLimitedWasNotTaken() async throws {
        try await CallsScope.with { scope in
            let calls = try scope.calls()
            try await scope.house.setFaults("twitter/oauth2/token:429=120s")
            let user = try #require(UserID("user-9200"))
            let first = await #expect(throws: RateLimited.self) {
                try await calls.refreshToken("sandbox-refresh-9200", for: user) {}
            }
            #expect(first?.isByProvider == true && first?.endpoint == .token)
            let noted = Tally<String>()
            let second = await #expect(throws: RateLimited.self) {
                try await calls.refreshToken("sandbox-refresh-9200", for: user) { noted.add("sent") }
            }
            #expect(second?.isByProvider == false && noted.total == 0)
        }
    }
}
