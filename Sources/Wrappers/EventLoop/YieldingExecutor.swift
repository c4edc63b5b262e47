import CEventLoop
import Dispatch
import Synchronization

/// The executor of an actor whose work is long and may wait: as `BlockingExecutor`, but on a thread of its own that yields to all others
/// (`nice` 19: the kernel gives it what they leave over, all of it where they leave all). What feeds the actor yields with it, as it waits
/// for the actor: a server that sends rows stands still while its reader does.
///
/// Linux keeps a nice value per thread, so that the rest of the process (heartbeats, health) is served as ever. It counts among the
/// threads of one session or container; between containers their own shares of the processor do (`cpu_shares`, `CPUWeight=`).
public final class YieldingExecutor: SerialExecutor {
    private final class Line: Sendable {
        /// A job, and the executor that must not go before it has run.
        typealias Turn = (job: UnownedJob, executor: YieldingExecutor)

        private let turns = Mutex<(waiting: [Turn], isOver: Bool)>(([], false))
        private let news = DispatchSemaphore(value: 0)

        func add(_ turn: Turn) {
            turns.withLock { $0.waiting.append(turn) }
            news.signal()
        }

        func end() {
            turns.withLock { $0.isOver = true }
            news.signal()
        }

        func work() {
            while true {
                news.wait()
                let (turn, isOver) = turns.withLock { turns in
                    (turns.waiting.isEmpty ? nil : turns.waiting.removeFirst(), turns.isOver)
                }
                if let turn {
                    turn.job.runSynchronously(on: turn.executor.asUnownedSerialExecutor())
                } else if isOver {
                    return
                }
            }
        }
    }

    private let line = Line()

    /// - Parameter name: The thread's, as `top -H` shows it; at most 15 bytes of it.
    public init(name: String) {
        BlockingThread.start(name: name) { [line] in
            rz_yield_to_others()
            line.work()
        }
    }

    deinit { line.end() }

    public func enqueue(_ job: consuming ExecutorJob) { line.add((UnownedJob(job), self)) }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
