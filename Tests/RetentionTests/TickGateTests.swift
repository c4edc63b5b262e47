import Contracts
import Foundation
import Testing
import Ticks

@testable import Retention

@Suite(.timeLimit(.minutes(1)))
struct TickGateTests {
    @Test func aSlotBelongsToItsFirstMessage() async throws {
        try await RetentionScope.with { scope in
            let (gate, now) = (TickGate(postgres: scope.postgres), Date.day)
            let (first, second) = (MessageID.random(), MessageID.random())
            let tick = Tick(schedule: "retention", slot: now - 60)
            try await expect(.go) { try await gate.answer(to: tick, from: first, at: now, shares: 2) }
            try await expect(.repeated) { try await gate.answer(to: tick, from: second, at: now, shares: 2) }
            try await expect(.go) { try await gate.answer(to: tick, from: first, at: now, shares: 2) }
            let share = MessageID.derived(from: first, name: TickGate.shareName(2))
            try await expect(.share(2)) { try await gate.answer(to: tick, from: share, at: now, shares: 2) }
            let other = Tick(schedule: "other", slot: now - 60)
            try await expect(.go) { try await gate.answer(to: other, from: second, at: now) }
        }
    }

    @Test func manyAtOnceAgreeOnOne() async throws {
        try await RetentionScope.with { scope in
            let (gate, now) = (TickGate(postgres: scope.postgres), Date.day)
            let answers = try await withThrowingTaskGroup(of: TickGate.Answer.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await gate.answer(to: Tick(schedule: "retention", slot: now), from: .random(), at: now)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0 == .go }.count == 1)
            #expect(answers.filter { $0 == .repeated }.count == 19)
        }
    }

    @Test func theEdgesOfTheSlotToTheSecond() async throws {
        try await RetentionScope.with { scope in
            let (gate, now) = (TickGate(postgres: scope.postgres), Date.day)
            func answer(_ offset: Double) async throws -> TickGate.Answer {
                try await gate.answer(
                    to: Tick(schedule: "retention", slot: now + offset), from: .random(), at: now)
            }
            try await expect(.go) { try await answer(0) }
            try await expect(.notBefore(now + 5)) { try await answer(5) }
            try await expect(.refused(.slotInFuture)) { try await answer(6) }
            try await expect(.go) { try await answer(-7 * 86400) }
            try await expect(.refused(.slotTooOld)) { try await answer(-7 * 86400 - 1) }
        }
    }

    private func expect(
        _ expected: TickGate.Answer, _ question: () async throws -> TickGate.Answer,
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await question()
        #expect(answer == expected, sourceLocation: location)
    }
}
