import Dispatch
import Glibc
import Synchronization

/// Hears SIGTERM and SIGINT: the first asks for the end, the second ends the process at once, since whoever sends it does not want
/// to wait for the work in hand. What is unsettled goes back to the broker, as after a crash; the exit code is 128 and the
/// signal's number.
///
/// The only one of a program that hears them: what comes between the registrations of two listeners is known to the first alone.
final class EndingSignals {
    private final class Count: Sendable {
        let value = Atomic<Int>(0)
    }

    private var sources: [any DispatchSourceSignal] = []

    init(program: String, first: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "signals")
        let heard = Count()
        for number in [SIGTERM, SIGINT] {
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                guard heard.value.add(1, ordering: .relaxed).newValue > 1 else { return first() }
                ProgramEnd.write("\(program): a second signal: ended at once, work in hand goes back to the queue")
                _exit(128 + number)
            }
            source.resume()
            sources.append(source)
        }
    }

    func end() { for source in sources { source.cancel() } }
}
