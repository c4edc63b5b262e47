import CircuitBreakers
import Testing

@Suite struct CircuitTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> Circuit.Instant { start + .seconds(seconds) }

    private func call(_ circuit: inout Circuit, _ verdict: Circuit.Verdict, at seconds: Double) {
        let permit = circuit.permit(now: at(seconds))
        circuit.record(verdict, of: permit, now: at(seconds), jitter: 1)
    }

    private func opened() -> Circuit {
        var circuit = Circuit()
        for _ in 0..<5 { call(&circuit, .failing(), at: 0) }
        return circuit
    }

    @Test func fiveFailuresOpenIt() {
        var circuit = Circuit()
        for _ in 0..<4 { call(&circuit, .failing(), at: 0) }
        #expect(circuit.position == .closed)
        call(&circuit, .failing(), at: 1)
        #expect(circuit.position == .open(until: at(6)))
        #expect(circuit.permit(now: at(5.9)) == .refused(until: at(6)))
    }

    @Test func failuresAmongMoreSuccessesDoNot() {
        var circuit = Circuit()
        for _ in 0..<200 {
            call(&circuit, .healthy, at: 0)
            call(&circuit, .healthy, at: 0)
            call(&circuit, .failing(), at: 0)
        }
        #expect(circuit.position == .closed)
        for _ in 0..<4 { call(&circuit, .failing(), at: 0) }
        #expect(circuit.position != .closed, "10 of the newest 20")
    }

    @Test func silenceIsForgetting() {
        var circuit = Circuit()
        for _ in 0..<4 { call(&circuit, .failing(), at: 0) }
        call(&circuit, .failing(), at: 61)
        #expect(circuit.position == .closed)
    }

    @Test func onlyOneProbesAndItsAnswerDecides() {
        var circuit = opened()
        #expect(circuit.permit(now: at(5)) == .probe)
        #expect(circuit.position == .probing)
        #expect(circuit.permit(now: at(5)) == .refused(until: at(10)))
        circuit.record(.healthy, of: .probe, now: at(5), jitter: 1)
        #expect(circuit.position == .closed)
        #expect(circuit.permit(now: at(5)) == .go)
    }

    @Test func aBadProbeDoublesThePauseUpToTheLongest() {
        var circuit = opened()
        var (now, pauses) = (5.0, [Double]())
        for _ in 0..<10 {
            call(&circuit, .failing(), at: now)
            guard case .open(let until) = circuit.position else {
                Issue.record("it must be open")
                return
            }
            let pause = (until - at(now)) / .seconds(1)
            pauses.append(pause.rounded())
            now += pause
        }
        #expect(pauses == [10, 20, 40, 80, 160, 300, 300, 300, 300, 300])
    }

    @Test func aProbeThatSaysNothingLetsTheNextOneProbe() {
        var circuit = opened()
        call(&circuit, .unknown, at: 5)
        #expect(circuit.permit(now: at(5)) == .probe)
    }

    @Test func callsFromBeforeItOpenedChangeNothing() {
        var circuit = Circuit()
        let early = circuit.permit(now: at(0))
        for _ in 0..<5 { call(&circuit, .failing(), at: 0) }
        circuit.record(.healthy, of: early, now: at(1), jitter: 1)
        #expect(circuit.position == .open(until: at(5)))
        circuit.pauseEnded(now: at(4))
        #expect(circuit.position == .open(until: at(5)))
        circuit.pauseEnded(now: at(5))
        circuit.record(.healthy, of: early, now: at(5), jitter: 1)
        #expect(circuit.position == .probing)
    }

    @Test func aTimeThatTheProviderNamesIsKeptWithinReason() {
        var circuit = opened()
        call(&circuit, .failing(retryAfter: .seconds(60)), at: 5)
        #expect(circuit.position == .open(until: at(65)))
        circuit = opened()
        call(&circuit, .failing(retryAfter: .seconds(86400)), at: 5)
        #expect(circuit.position == .open(until: at(305)))
    }

    @Test func theBreakerRefusesWithATimeAndTellsItsChanges() async throws {
        struct Sick: Error {}
        let breaker = CircuitBreaker(name: "clinic")
        let (heard, told) = AsyncStream<Circuit.Position>.makeStream()
        breaker.onChange { told.yield($0) }
        for _ in 0..<5 {
            await #expect(throws: Sick.self) {
                try await breaker.call(verdict: { _ in .failing() }) { throw Sick() }
            }
        }
        let refusal = try await #require(throws: CircuitOpen.self) {
            try await breaker.call(verdict: { _ in .failing() }) {}
        }
        #expect(refusal.until.timeIntervalSinceNow > 1)
        var positions = heard.makeAsyncIterator()
        guard case .open = await positions.next() else {
            Issue.record("it opened and told nobody")
            return
        }
    }
}
