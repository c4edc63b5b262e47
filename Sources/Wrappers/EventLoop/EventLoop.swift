import CEventLoop
import Glibc
import Synchronization

/// One thread that waits on sockets and runs Swift jobs: the executor of every client in this package.
///
/// Clients are actors whose `unownedExecutor` is a loop, and job handlers run with the loop as their task executor
/// preference. So a message is received, worked on and acknowledged without leaving the thread; a hop to another thread
/// costs about 160 times a call on the same one.
///
/// A turn: jobs run until none is left (or `jobsPerTurn`), sources that asked for it flush, then the thread sleeps in
/// `epoll_wait` until a socket, a timer or another thread has something for it.
///
/// A task that does not prefer the loop as its executor is queued anew at every asynchronous call on such an actor, even from
/// one of its methods to another: an `await` always counts as a place where others get in.
///
/// A loop lives as long as the process: an executor that stops strands its tasks. Nothing that runs on it may block; work
/// that must (name look-up, a TLS handshake inside a C library) goes to `BlockingThread.run`.
///
/// `@unchecked Sendable`: `inbox` is behind its mutex, `threadID` is atomic, everything else is touched by the loop's own
/// thread only, which each entry point checks with `preconditionOnLoop`.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    public typealias Instant = ContinuousClock.Instant

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var asleep = false
    }

    /// The loop that a program's clients share.
    public static let shared = EventLoop(name: "repazoo-loop")

    private static let jobsPerTurn = 1024

    private let epoll: Int32
    private let wakeUp: Int32
    private let threadID = Atomic<UInt>(0)
    private let inbox = Mutex(Inbox())

    private var jobs: [UnownedJob] = []
    /// The jobs of a round while they run; kept for its memory.
    private var round: [UnownedJob] = []
    private var sources: [UInt64: any EventSource] = [:]
    private var nextToken: UInt64 = 1
    private var flushes: [any EventSource] = []
    private var timers = TimerHeap()

    /// Starts the thread. Traps if the kernel refuses an epoll descriptor: a process without one can do nothing.
    public init(name: String) {
        epoll = rz_epoll_create()
        wakeUp = rz_eventfd()
        precondition(epoll >= 0 && wakeUp >= 0, "no file descriptor left for an event loop (errno \(errno))")
        precondition(rz_epoll_add(epoll, wakeUp, 0, Int32(RZ_READABLE)) == 0, "epoll refused its own eventfd")
        BlockingThread.start(name: name) { self.run() }
    }

    // MARK: Executor

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnLoop {
            jobs.append(job)
            return
        }
        let mustWake = inbox.withLock { inbox in
            inbox.jobs.append(job)
            defer { inbox.asleep = false }
            return inbox.asleep
        }
        if mustWake { wake() }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    public var isOnLoop: Bool { threadID.load(ordering: .relaxed) == UInt(pthread_self()) }

    public func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    public func checkIsolated() { preconditionOnLoop() }

    // MARK: Sources (loop thread only)

    /// Watches `descriptor` and keeps `source` alive until `unwatch`.
    public func watch(_ descriptor: Int32, for interest: Readiness, source: any EventSource) -> WatchToken {
        preconditionOnLoop()
        let token = nextToken
        nextToken += 1
        sources[token] = source
        precondition(
            rz_epoll_add(epoll, descriptor, token, interest.rawValue) == 0, "epoll_ctl add failed (errno \(errno))")
        return WatchToken(id: token, descriptor: descriptor)
    }

    public func change(_ token: WatchToken, to interest: Readiness) {
        preconditionOnLoop()
        _ = rz_epoll_change(epoll, token.descriptor, token.id, interest.rawValue)
    }

    /// Must be called before the descriptor is closed: the kernel hands the number to the next socket.
    public func unwatch(_ token: WatchToken) {
        preconditionOnLoop()
        // Destroyed at the end, outside of the access to `sources`: a source's deinit may call the loop.
        let source = sources.removeValue(forKey: token.id)
        _ = rz_epoll_remove(epoll, token.descriptor)
        withExtendedLifetime(source) {}
    }

    /// Has `source.flush()` called once before the loop sleeps next: acknowledgements and writes of one turn go out together.
    public func flushBeforeSleep(_ source: any EventSource) {
        preconditionOnLoop()
        flushes.append(source)
    }

    // MARK: Timers (loop thread only)

    @discardableResult
    public func schedule(after delay: Duration, _ action: @escaping () -> Void) -> TimerToken {
        preconditionOnLoop()
        return timers.add(at: .now.advanced(by: delay), action)
    }

    /// Does nothing if the timer has fired.
    public func cancel(_ token: TimerToken) {
        preconditionOnLoop()
        // Destroyed at the end, outside of the access to `timers`: what the action captured may call the loop.
        let action = timers.cancel(token)
        withExtendedLifetime(action) {}
    }

    /// Suspends the calling task for a while; from any thread. Not cut short by cancellation: keep it brief.
    public func pause(for delay: Duration) async {
        await withUnsafeContinuation { continuation in
            Task(executorPreference: self) { self.resume(continuation, after: delay) }
        }
    }

    private func resume(_ continuation: UnsafeContinuation<Void, Never>, after delay: Duration) {
        schedule(after: delay) { continuation.resume() }
    }

    public func preconditionOnLoop() {
        precondition(isOnLoop, "called from another thread; this belongs to its event loop")
    }

    // MARK: The turn

    private func run() -> Never {
        threadID.store(UInt(pthread_self()), ordering: .relaxed)
        var events = [rz_event](repeating: rz_event(), count: 64)
        while true {
            runJobs()
            runFlushes()
            let count = rz_epoll_wait(epoll, &events, Int32(events.count), timeUntilNextDuty())
            takeInbox()
            for event in events.prefix(Int(max(0, count))) { dispatch(event) }
            fireTimers()
        }
    }

    private func runJobs() {
        var budget = Self.jobsPerTurn
        while !jobs.isEmpty, budget > 0 {
            swap(&jobs, &round)
            for index in round.indices {
                round[index].runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
            budget -= round.count
            round.removeAll(keepingCapacity: true)
        }
    }

    private func runFlushes() {
        guard !flushes.isEmpty else { return }
        let due = flushes
        flushes.removeAll(keepingCapacity: true)
        for source in due { source.flush() }
    }

    /// Milliseconds for `epoll_wait`. From here on another thread that enqueues must write to the eventfd.
    private func timeUntilNextDuty() -> Int32 {
        guard jobs.isEmpty, flushes.isEmpty else { return 0 }
        let mayIdle = inbox.withLock { inbox in
            inbox.asleep = inbox.jobs.isEmpty
            return inbox.asleep
        }
        return mayIdle ? timers.millisecondsUntilNext(now: .now) : 0
    }

    private func takeInbox() {
        inbox.withLock { inbox in
            inbox.asleep = false
            guard !inbox.jobs.isEmpty else { return }
            jobs.append(contentsOf: inbox.jobs)
            inbox.jobs.removeAll(keepingCapacity: true)
        }
    }

    private func dispatch(_ event: rz_event) {
        if event.token == 0 {
            var count: UInt64 = 0
            _ = read(wakeUp, &count, MemoryLayout<UInt64>.size)
        } else {
            sources[event.token]?.ready(Readiness(rawValue: event.readiness))
        }
    }

    private func fireTimers() {
        let now = Instant.now
        while let action = timers.popDue(now) { action() }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, MemoryLayout<UInt64>.size)
    }
}
