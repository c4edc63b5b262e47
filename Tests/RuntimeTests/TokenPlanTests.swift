import FoundationEssentials
import Testing

@testable import Ingestion

@Suite struct TokenPlanTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func step(
        expiresIn seconds: Double?, refresh: Bool = true, sent secondsAgo: Double? = nil, isRejected: Bool = false
    ) -> TokenPlan.Step {
        TokenPlan(
            expiresAt: seconds.map { now + $0 }, hasRefreshToken: refresh, sentAt: secondsAgo.map { now - $0 }
        ).step(at: now, isRejected: isRejected)
    }

    @Test func aFreshTokenIsUsed() {
        #expect(step(expiresIn: 301) == .use)
        #expect(step(expiresIn: nil) == .use)
        #expect(step(expiresIn: 301, refresh: false) == .use)
    }

    @Test func oneThatEndsSoonOrWasRejectedIsRefreshed() {
        #expect(step(expiresIn: 300) == .refresh)
        #expect(step(expiresIn: -1) == .refresh)
        #expect(step(expiresIn: 7200, isRejected: true) == .refresh)
        #expect(step(expiresIn: nil, isRejected: true) == .refresh)
    }

    @Test func withoutARefreshTokenItIsUsedToItsEnd() {
        #expect(step(expiresIn: 10, refresh: false) == .use)
        #expect(step(expiresIn: 0, refresh: false) == .reconsent)
        #expect(step(expiresIn: 7200, refresh: false, isRejected: true) == .reconsent)
    }

    @Test func aRefreshTokenThatWasSentIsNeverSentAgain() {
        for secondsAgo: Double in [0.0, 1, 59, 60, 3600, 86400 * 100] {
            for seconds: Double in [-3600.0, -1, 0, 1, 299, 7200] {
                for isRejected in [false, true] {
                    #expect(step(expiresIn: seconds, sent: secondsAgo, isRejected: isRejected) != .refresh)
                }
            }
        }
    }

    @Test func whileItIsUnderWayTheOldOneServesOrOneWaits() {
        #expect(step(expiresIn: 60, sent: 3) == .use)
        #expect(step(expiresIn: 0, sent: 3) == .wait(until: now + 5))
        #expect(step(expiresIn: 60, sent: 3, isRejected: true) == .wait(until: now + 5))
        #expect(step(expiresIn: 60, sent: 61) == .use)
        #expect(step(expiresIn: 0, sent: 60) == .reconsent)
    }
}
