import EventLoop

/// Calls back once per `flushBeforeSleep`: lets an actor, which is no event source itself, act at the end of the loop's turn.
final class Flusher: EventSource {
    private let action: () -> Void

    init(_ action: @escaping () -> Void) { self.action = action }

    func ready(_ readiness: Readiness) {}
    func flush() { action() }
}
