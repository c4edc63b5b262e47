import Metrics
import Synchronization

/// | metric | kind | labels |
/// | --- | --- | --- |
/// | `repazoo_messages_total` | counter | consumer, outcome: done, refused, duplicate, postponed, retried, dead, invalid |
/// | `repazoo_message_seconds` | histogram: receipt to settlement | consumer |
/// | `repazoo_messages_in_flight` | gauge | consumer |
/// | `repazoo_messages_held_total` | counter: attempts cut short by a lost server | consumer |
final class ConsumerMetrics: Sendable {
    static let outcomes = ["done", "refused", "duplicate", "postponed", "retried", "dead", "invalid"]

    let held: Counter
    private let counters: [String: Counter]
    private let seconds: Timer
    private let inFlight: Gauge
    private let running = Atomic<Int>(0)

    init(consumer: String) {
        let labels = [("consumer", consumer)]
        counters = Dictionary(
            uniqueKeysWithValues: Self.outcomes.map {
                ($0, Counter(label: "repazoo_messages_total", dimensions: labels + [("outcome", $0)]))
            })
        held = Counter(label: "repazoo_messages_held_total", dimensions: labels)
        seconds = Timer(label: "repazoo_message_seconds", dimensions: labels)
        inFlight = Gauge(label: "repazoo_messages_in_flight", dimensions: labels)
    }

    func count(_ outcome: String) { counters[outcome]?.increment() }

    func begin() { inFlight.record(running.add(1, ordering: .relaxed).newValue) }

    func end(after duration: Duration) {
        inFlight.record(running.subtract(1, ordering: .relaxed).newValue)
        seconds.record(duration: duration)
    }
}
