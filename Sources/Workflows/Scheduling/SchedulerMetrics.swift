import FoundationEssentials
import Metrics

/// | metric | kind | labels |
/// | --- | --- | --- |
/// | `repazoo_scheduler_leading` | gauge: 1 while this process leads; of all copies one does | |
/// | `repazoo_ticks_total` | counter: ticks published | schedule |
/// | `repazoo_tick_late_seconds` | histogram: from the slot to its tick | schedule |
struct SchedulerMetrics: Sendable {
    private let leading = Gauge(label: "repazoo_scheduler_leading")

    /// Counters begin at zero: of one that appears with its first tick Prometheus would not see that one.
    init(schedules: [String] = []) {
        for schedule in schedules {
            Counter(label: "repazoo_ticks_total", dimensions: [("schedule", schedule)]).increment(by: 0)
        }
        leading.record(0)
    }

    func lead(_ leads: Bool) { leading.record(leads ? 1 : 0) }

    func published(_ slot: Slot, at now: Date) {
        let labels = [("schedule", slot.schedule)]
        Counter(label: "repazoo_ticks_total", dimensions: labels).increment()
        Timer(label: "repazoo_tick_late_seconds", dimensions: labels).record(
            duration: .seconds(max(0, now.timeIntervalSince(slot.time))))
    }
}
