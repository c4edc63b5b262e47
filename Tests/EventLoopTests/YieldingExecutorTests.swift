import Foundation
import Glibc
import TestKit
import Testing

@testable import EventLoop

@Suite(.timeLimit(.minutes(1))) struct YieldingExecutorTests {
    private actor Worker {
        private nonisolated let executor = YieldingExecutor(name: "test-yields")
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private(set) var count = 0
        private var threads: Set<String> = []

        /// As `/proc` has it: process and thread.
        private var name: String {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
        }

        func add() {
            count += 1
            threads.insert(name)
        }

        func place() -> (threads: Set<String>, niceness: Int32) {
            (threads, getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))
        }
    }

    /// 19 where nothing has more than that: the least that Linux gives.
    @Test func itsJobsRunOnOneThreadThatYieldsWhileTheOthersDoNot() async throws {
        let before = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        let thread = try await work(before)
        try await eventually("the thread ends with its actor") { access("/proc/\(thread)", F_OK) != 0 }
    }

    private func work(_ before: Int32) async throws -> String {
        let worker = Worker()
        await withTaskGroup { group in
            for _ in 0..<32 { group.addTask { for _ in 0..<200 { await worker.add() } } }
        }
        #expect(await worker.count == 6400)
        let (threads, niceness) = await worker.place()
        #expect(niceness == 19)
        #expect(await Task.detached { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }.value == before)
        #expect(threads.count == 1)
        return try #require(threads.first { !$0.isEmpty })
    }
}
