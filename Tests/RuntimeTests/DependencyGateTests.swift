import Synchronization
import Testing

@testable import ConsumerRuntime

@Suite(.timeLimit(.minutes(1))) struct DependencyGateTests {
    @Test func anOpenGateLetsThrough() async {
        #expect(await DependencyGate().wait())
    }

    @Test func itOpensOnlyWhenTheLastServerIsBack() async throws {
        let gate = DependencyGate()
        gate.report("postgres", isAway: true)
        gate.report("broker", isAway: true)
        let passed = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    guard await gate.wait() else { return }
                    passed.value.add(1, ordering: .relaxed)
                }
            }
            gate.report("broker", isAway: false)
            #expect(passed.value.load(ordering: .relaxed) == 0)
            gate.report("postgres", isAway: false)
            try await group.waitForAll()
        }
        #expect(passed.value.load(ordering: .relaxed) == 50)
    }

    @Test func closingSendsEverybodyHome() async {
        let gate = DependencyGate()
        gate.report("postgres", isAway: true)
        async let waiting = gate.wait()
        gate.close()
        #expect(await waiting == false)
        gate.report("postgres", isAway: false)
        #expect(await gate.wait() == false)
    }

    private final class Count: Sendable { let value = Atomic<Int>(0) }

    @Test func changesAreToldOnceEach() {
        let gate = DependencyGate()
        let heard = Mutex<[Bool]>([])
        gate.onChange { isOpen in heard.withLock { $0.append(isOpen) } }
        gate.report("a", isAway: true)
        gate.report("a", isAway: true)
        gate.report("b", isAway: true)
        gate.report("a", isAway: false)
        gate.report("b", isAway: false)
        #expect(heard.withLock { $0 } == [false, true])
    }
}
