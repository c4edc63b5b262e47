import Synchronization

/// Whether Redis can be reached, told once when an outage begins and once when it ends.
public enum RedisAvailability: Sendable {
    case lost(RedisError)
    case regained(after: Duration)
}

/// Turns many failures into one outage. `@Sendable` calls go out in order, on the event loop's thread: keep them short.
final class OutageReporter: Sendable {
    private let start = Mutex<ContinuousClock.Instant?>(nil)
    private let report: @Sendable (RedisAvailability) -> Void

    init(_ report: @escaping @Sendable (RedisAvailability) -> Void) { self.report = report }

    func began(_ error: RedisError) {
        let isNew = start.withLock { start in
            defer { start = start ?? .now }
            return start == nil
        }
        if isNew { report(.lost(error)) }
    }

    func ended() {
        let began = start.withLock { start in
            defer { start = nil }
            return start
        }
        if let began { report(.regained(after: began.duration(to: .now))) }
    }
}
