import Testing

@testable import ConsumerRuntime

@Suite(.timeLimit(.minutes(1))) struct WorkLimitTests {
    private struct Fault: Error {}

    private func endless() async throws { while true { try await Task.sleep(for: .seconds(3600)) } }

    @Test func workThatEndsInTimeGivesItsValueOrItsError() async throws {
        let limit = WorkLimit(.seconds(60))
        #expect(try await limit.run { 7 } == 7)
        await #expect(throws: Fault.self) { try await limit.run { throw Fault() } }
    }

    @Test func workWithoutAnEndIsEndedAndSaysSo() async throws {
        let limit = WorkLimit(.milliseconds(100))
        let start = ContinuousClock.now
        await #expect(throws: WorkTookTooLong.self) { try await limit.run { try await endless() } }
        #expect(ContinuousClock.now - start >= .milliseconds(100))
    }

    @Test func aCancelledCallerIsNoLimit() async throws {
        let limit = WorkLimit(.seconds(60))
        let work = Task { try await limit.run { try await endless() } }
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
    }
}
