import EventLoop
import Logging
import Postgres
import Synchronization
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct BatchedLookupTests {
    @Test func manyAskTogetherAndEachGetsItsOwnAnswer() async throws {
        try await withPool { pool in
            let statements = Count()
            let lookup = BatchedLookup<Int, String>(on: pool) { keys in
                statements.add()
                let rows = try await pool.query(
                    "select n::text || '!' from unnest(\(keys)::int[]) with ordinality as asked(n, place) order by place"
                )
                return try rows.map { try $0.decode(String.self, at: 0) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for key in 0..<500 {
                    group.addTask(executorPreference: EventLoop.shared) {
                        let answer = try await lookup.answer(to: key)
                        #expect(answer == "\(key)!")
                    }
                }
                try await group.waitForAll()
            }
            #expect(statements.value < 50, "500 look-ups in \(statements.value) statements")
        }
    }

    @Test func aKeyThatFailsFailsAlone() async throws {
        try await withPool { pool in
            let lookup = BatchedLookup<String, Int>(on: pool) { keys in
                let rows = try await pool.query(
                    "select n::int from unnest(\(keys)::text[]) with ordinality as asked(n, place) order by place")
                return try rows.map { try $0.decode(Int.self, at: 0) }
            }
            let failed = try await withThrowingTaskGroup(of: Int?.self) { group in
                for key in 0..<100 {
                    group.addTask(executorPreference: EventLoop.shared) {
                        do {
                            let answer = try await lookup.answer(to: key % 25 == 7 ? "no number" : "\(key)")
                            #expect(answer == key)
                            return nil
                        } catch let error as PostgresError {
                            #expect(error.sqlState?.rawValue == "22P02")
                            return key
                        }
                    }
                }
                return try await group.reduce(into: [Int]()) { if let key = $1 { $0.append(key) } }
            }
            #expect(failed.sorted() == [7, 32, 57, 82])
        }
    }

    private func withPool(_ body: (PostgresPool) async throws -> Void) async throws {
        let pool = PostgresPool(
            configuration: PostgresConfiguration(
                url: try SharedServers.address(of: .postgres), applicationName: "lookup-tests"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        do { try await body(pool) } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    private final class Count: Sendable {
        private let count = Atomic<Int>(0)
        var value: Int { count.load(ordering: .relaxed) }
        func add() { count.add(1, ordering: .relaxed) }
    }
}
