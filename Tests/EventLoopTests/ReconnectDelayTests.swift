import EventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReconnectDelayTests {
    @Test func doublesUpToTheLongestAndBeginsAnewAfterASuccess() {
        var delay = ReconnectDelay()
        var delays: [Duration] = []
        for _ in 0..<9 { delays.append(delay.next(random: 1)) }
        #expect(delays == [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000].map { .milliseconds($0) })
        delay.succeeded()
        let first = delay.next(random: 1)
        #expect(first == .milliseconds(100))
    }

    @Test func liesInItsUpperHalf() {
        for (random, expected) in [(0.0, 2_000), (0.5, 3_000), (1.0, 4_000), (-1.0, 2_000), (2.0, 4_000)] {
            var delay = ReconnectDelay(first: .seconds(4), longest: .seconds(4))
            let drawn = delay.next(random: random)
            #expect(drawn == .milliseconds(expected))
        }
        var drawn: Set<Duration> = []
        var delay = ReconnectDelay(first: .milliseconds(50), longest: .seconds(2))
        for _ in 0..<200 { drawn.insert(delay.next()) }
        #expect(drawn.allSatisfy { (.milliseconds(25) ... .seconds(2)).contains($0) } && drawn.count > 100)
    }

    @Test func staysAtItsLongestHoweverOftenItFails() {
        var delay = ReconnectDelay(first: .milliseconds(100), longest: .seconds(5))
        for _ in 0..<100_000 { _ = delay.next(random: 0) }
        let last = delay.next(random: 1)
        #expect(last == .seconds(5) && delay.failures == 100_001)
    }
}
