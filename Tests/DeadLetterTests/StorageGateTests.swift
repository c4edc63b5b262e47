import Testing

@testable import Alerting

@Suite(.timeLimit(.minutes(1)))
struct StorageGateTests {
    @Test func theFirstOneShutsItAndAllGoOn() async {
        let gate = StorageGate()
        #expect(await gate.wait())
        #expect(gate.shut())
        #expect(!gate.shut())
        async let first = gate.wait()
        async let second = gate.wait()
        gate.open()
        #expect(await first)
        #expect(await second)
        #expect(gate.shut())
        gate.close()
        #expect(await !gate.wait())
        #expect(!gate.shut())
    }
}
