import AMQP
import Synchronization

/// How much a consumer may take when several have a say in it: the strictest wins. Thread-safe.
final class IntakeRegulator: Sendable {
    private struct State {
        var limits: [String: Intake] = [:]
        var observer: (@Sendable () -> Void)?

        var allowed: Intake { limits.values.min() ?? .all }
    }

    private let state = Mutex(State())

    var allowed: Intake { state.withLock { $0.allowed } }

    /// Hears that `allowed` has changed. It is to be asked then, not remembered: what is heard may come out of order.
    func onChange(_ observer: @escaping @Sendable () -> Void) { state.withLock { $0.observer = observer } }

    func limit(_ source: String, to intake: Intake) {
        let observer = state.withLock { state -> (@Sendable () -> Void)? in
            let before = state.allowed
            state.limits[source] = intake
            return state.allowed == before ? nil : state.observer
        }
        observer?()
    }
}
