import Dispatch
import Glibc
import Synchronization

/// Ends the process at once at the second SIGTERM or SIGINT: whoever sends it does not want to wait for the work in hand. What
/// is unsettled goes back to the broker, as after a crash. The exit code is 128 and the signal's number.
final class Impatience {
    private final class Count: Sendable {
        let value = Atomic<Int>(0)
    }

    private var sources: [any DispatchSourceSignal] = []

    init(program: String) {
        let queue = DispatchQueue(label: "signals")
        let heard = Count()
        for number in [SIGTERM, SIGINT] {
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                guard heard.value.add(1, ordering: .relaxed).newValue > 1 else { return }
                ProgramEnd.write("\(program): a second signal: ended at once, work in hand goes back to the queue")
                _exit(128 + number)
            }
            source.resume()
            sources.append(source)
        }
    }

    func end() { for source in sources { source.cancel() } }
}
