import Glibc
import Synchronization
import TestKit
import Testing

@testable import EventLoop

@Suite(.timeLimit(.minutes(1))) struct EventLoopTests {
    private static let loop = EventLoop(name: "test-loop")

    private actor Counter {
        nonisolated var unownedExecutor: UnownedSerialExecutor { EventLoopTests.loop.asUnownedSerialExecutor() }
        private(set) var count = 0
        private(set) var strayed = 0

        func add() {
            if !EventLoopTests.loop.isOnLoop { strayed += 1 }
            count += 1
        }

        nonisolated func addFromLoop() { assumeIsolated { $0.add() } }
    }

    @Test func jobsFromManyThreadsAllRunOnTheLoop() async {
        let counter = Counter()
        await withTaskGroup { group in
            for _ in 0..<64 {
                group.addTask { for _ in 0..<500 { await counter.add() } }
            }
        }
        #expect(await counter.count == 32_000)
        #expect(await counter.strayed == 0)
    }

    /// Sleeps between two jobs each time: a lost wake-up would hang here.
    @Test func aSleepingLoopWakesForEveryJob() async {
        let counter = Counter()
        for round in 0..<3_000 {
            await counter.add()
            if round.isMultiple(of: 7) { await Task.detached {}.value }
        }
        #expect(await counter.count == 3_000)
    }

    @Test func anActorOnTheLoopCanBeEnteredFromATimer() async {
        let counter = Counter()
        await withUnsafeContinuation { (done: UnsafeContinuation<Void, Never>) in
            Task(executorPreference: Self.loop) {
                Self.loop.schedule(after: .milliseconds(2)) {
                    counter.addFromLoop()
                    done.resume()
                }
            }
        }
        #expect(await counter.count == 1)
    }

    @Test func aTaskThatPrefersTheLoopStaysOnItsThread() async {
        let loop = Self.loop
        let onLoop = await Task(executorPreference: loop) {
            var all = loop.isOnLoop
            for _ in 0..<100 {
                await Task.yield()
                all = all && loop.isOnLoop
            }
            await loop.pause(for: .milliseconds(2))
            return all && loop.isOnLoop
        }.value
        #expect(onLoop)
        #expect(!loop.isOnLoop)
    }

    @Test func aPauseLastsAtLeastAsLongAsAsked() async {
        let start = ContinuousClock.now
        await Self.loop.pause(for: .milliseconds(30))
        #expect(ContinuousClock.now - start >= .milliseconds(30))
    }

    @Test func aSourceHearsOfItsSocketAndMayUnwatchInTheMiddle() async throws {
        let loop = Self.loop
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let (ours, theirs) = (pair[0], pair[1])
        defer {
            close(ours)
            close(theirs)
        }
        let echo = Echo(loop: loop)
        await Task(executorPreference: loop) { echo.begin(ours) }.value
        _ = write(theirs, "x", 1)
        try await eventually("the source is called, flushed once, and gone") { echo.calls.withLock { $0 == [1, 1] } }
        await Task(executorPreference: loop) { echo.flush() }.value
        _ = write(theirs, "y", 1)
        // Two whole turns: whoever still watched would have been called.
        await loop.pause(for: .milliseconds(5))
        #expect(echo.calls.withLock { $0 } == [1, 2])
    }

    /// What a source or an action captures may call the loop when it dies: no exclusivity trap.
    @Test func aDyingCaptureMayCallTheLoop() async {
        let loop = Self.loop
        await Task(executorPreference: loop) {
            let token = Self.schedule(on: loop, holding: CallsOnDeath(loop))
            loop.cancel(token)
            var pair: [Int32] = [0, 0]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
            let watch = loop.watch(pair[0], for: .readable, source: CallsOnDeath(loop))
            loop.unwatch(watch)
            close(pair[0])
            close(pair[1])
        }.value
    }

    private static func schedule(on loop: EventLoop, holding object: CallsOnDeath) -> TimerToken {
        loop.schedule(after: .seconds(60)) { withExtendedLifetime(object) {} }
    }

    @Test func blockingWorkRunsElsewhereAndHandsBackValuesAndErrors() async throws {
        struct Refused: Error {}
        let here = pthread_self()
        #expect(try await BlockingThread.run { pthread_self() != here })
        await #expect(throws: Refused.self) { try await BlockingThread.run { throw Refused() } }
        let typed: Result<Int, Refused> = await BlockingThread.result { () throws(Refused) in 7 }
        #expect(try typed.get() == 7)
    }
}

/// Counts calls of `ready` and `flush`. `@unchecked Sendable`: the token is touched on the loop's thread only.
private final class Echo: EventSource, @unchecked Sendable {
    let calls = Mutex([0, 0])
    private let loop: EventLoop
    private var token: WatchToken?

    init(loop: EventLoop) { self.loop = loop }

    func begin(_ descriptor: Int32) { token = loop.watch(descriptor, for: .readable, source: self) }

    func ready(_ readiness: Readiness) {
        calls.withLock { $0[0] += 1 }
        if let token { loop.unwatch(token) }
        loop.flushBeforeSleep(self)
    }

    func flush() { calls.withLock { $0[1] += 1 } }
}

private final class CallsOnDeath: EventSource {
    private let loop: EventLoop
    init(_ loop: EventLoop) { self.loop = loop }
    func ready(_ readiness: Readiness) {}
    deinit { loop.cancel(loop.schedule(after: .seconds(60)) {}) }
}
