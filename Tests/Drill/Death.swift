import ConsumerRuntime
import Glibc
import Synchronization

/// Kills the process at a step, as the kernel or a power cut would: nothing gets a chance to tidy up.
final class Death: Sendable {
    private let step: Step
    private let nth: Int
    private let count = Atomic<Int>(0)

    init(at step: Step, nth: Int) {
        self.step = step
        self.nth = nth
    }

    func reached(_ step: Step) {
        guard step == self.step, count.add(1, ordering: .relaxed).newValue == nth else { return }
        Self.now()
    }

    static func now() -> Never {
        kill(getpid(), SIGKILL)
        while true { pause() }
    }
}
