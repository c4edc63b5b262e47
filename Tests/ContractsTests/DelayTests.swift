import Contracts
import FoundationEssentials
import Testing

@Suite(.timeLimit(.minutes(1)))
struct DelayTests {
    @Test(arguments: [
        (-5, "repazoo.delay.deliver", "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.repazoo.ingest", 0),
        (0, "repazoo.delay.deliver", "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.repazoo.ingest", 0),
        (1, "repazoo.delay.00", "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.repazoo.ingest", 1),
        (6, "repazoo.delay.02", "0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.1.0.repazoo.ingest", 6),
        (1024, "repazoo.delay.10", "0.0.0.0.0.0.1.0.0.0.0.0.0.0.0.0.0.repazoo.ingest", 1024),
        (131_071, "repazoo.delay.16", "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.repazoo.ingest", 131_071),
        (131_072, "repazoo.delay.16", "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.repazoo.ingest", 131_071),
        (.max, "repazoo.delay.16", "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.repazoo.ingest", 131_071),
    ])
    func route(delay: Int, exchange: String, key: String, seconds: Int) {
        let route = DelayLadder.route(delaySeconds: delay, destination: .ingest)
        #expect(route.exchange.rawValue == exchange && route.routingKey.rawValue == key && route.seconds == seconds)
    }

    @Test func untilIsRoundedUp() {
        let now = Date(timeIntervalSince1970: 1000)
        func seconds(_ later: Double) -> Int {
            DelayLadder.route(until: now.addingTimeInterval(later), now: now, destination: .alert).seconds
        }
        #expect([-1, 0, 0.001, 1, 1.001, 1e12].map(seconds) == [0, 0, 1, 1, 2, DelayLadder.longestHop])
    }

    @Test func ladderNames() {
        #expect(DelayLadder.queue(level: 0).rawValue == "repazoo.delay.00")
        #expect(DelayLadder.exchange(level: 16).rawValue == "repazoo.delay.16")
    }

    @Test func backoffCeilings() {
        let ceilings = (1...13).map { Backoff.standard.ceiling(afterAttempt: $0) }
        #expect(
            ceilings == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600].map { Duration.seconds($0) })
        #expect(Backoff.standard.ceiling(afterAttempt: .max) == .seconds(3600))
        #expect(Backoff.standard.ceiling(afterAttempt: 0) == .seconds(2))
        #expect(ceilings.prefix(9).reduce(.zero, +) == .seconds(1022))
    }

    @Test func backoffHasFullJitter() {
        var random = SplitMix(state: 7)
        let delays = (0..<2000).map { _ in Backoff.standard.delay(afterAttempt: 4, using: &random) }
        #expect(delays.allSatisfy { $0 >= .zero && $0 <= .seconds(16) })
        #expect(delays.contains { $0 < .seconds(1) } && delays.contains { $0 > .seconds(15) })
    }

    @Test func onlyFailuresCountAsAttempts() {
        let outcomes: [Outcome] = [
            .done, .refused(.noConsent), .notBefore(.now, because: .rateLimited), .failed(.network),
            .failedForGood(.unexpected),
        ]
        #expect(outcomes.map(\.countsAsAttempt) == [false, false, false, true, false])
    }
}
