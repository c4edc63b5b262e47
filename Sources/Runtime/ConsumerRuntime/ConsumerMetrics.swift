import Metrics
import Synchronization

/// | metric | kind | labels |
/// | --- | --- | --- |
/// | `repazoo_messages_total` | counter | consumer, outcome: done, refused, duplicate, postponed, retried, dead, invalid |
/// | `repazoo_message_seconds` | histogram: receipt to settlement | consumer, outcome |
/// | `repazoo_messages_in_flight` | gauge | consumer |
/// | `repazoo_queue_lag_seconds` | histogram: publication to receipt, to the second | consumer |
/// | `repazoo_messages_held_total` | counter: attempts cut short by a lost server | consumer |
/// | `repazoo_delay_seconds` | histogram: how long a message is put off | consumer, reason: rate_limited, circuit_open, timeout, … |
/// | `repazoo_circuit_position` | gauge: 0 closed, 1 probing, 2 open | consumer, circuit |
final class ConsumerMetrics: Sendable {
    let held: Counter
    private let labels: [(String, String)]
    private let ends: [MessageEnd: (count: Counter, seconds: Timer)]
    private let lagSeconds: Timer
    private let inFlight: Gauge
    private let running = Atomic<Int>(0)

    init(consumer: String) {
        let labels = [("consumer", consumer)]
        self.labels = labels
        ends = Dictionary(
            uniqueKeysWithValues: MessageEnd.allCases.map { end in
                let labels = labels + [("outcome", end.rawValue)]
                return (
                    end,
                    (
                        Counter(label: "repazoo_messages_total", dimensions: labels),
                        Timer(label: "repazoo_message_seconds", dimensions: labels)
                    )
                )
            })
        held = Counter(label: "repazoo_messages_held_total", dimensions: labels)
        lagSeconds = Timer(label: "repazoo_queue_lag_seconds", dimensions: labels)
        inFlight = Gauge(label: "repazoo_messages_in_flight", dimensions: labels)
    }

    func lag(_ seconds: Double) { lagSeconds.recordSeconds(max(0, seconds)) }

    /// Reasons are words of ours (`PostponementReason`, `FailureReason`): there are a few dozen.
    func delay(_ seconds: Double, because reason: String) {
        Timer(label: "repazoo_delay_seconds", dimensions: labels + [("reason", reason)]).recordSeconds(max(0, seconds))
    }

    func begin() { inFlight.record(running.add(1, ordering: .relaxed).newValue) }

    /// - Parameter end: Nil for a message that was given back to the broker.
    func end(_ end: MessageEnd?, after duration: Duration) {
        inFlight.record(running.subtract(1, ordering: .relaxed).newValue)
        guard let end, let metrics = ends[end] else { return }
        metrics.count.increment()
        metrics.seconds.record(duration: duration)
    }

    func circuit(_ name: String) -> Gauge {
        Gauge(label: "repazoo_circuit_position", dimensions: labels + [("circuit", name)])
    }
}
