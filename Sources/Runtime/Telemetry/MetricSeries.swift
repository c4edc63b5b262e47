import CoreMetrics
import Synchronization

/// One line, or one histogram, of the exposition.
protocol MetricSeries: AnyObject, Sendable {
    func write(_ name: String, labels: MetricLabels, to text: inout PrometheusText)
}

/// Saturates instead of overflowing; a negative step, which a counter cannot take, is ignored.
final class CounterSeries: MetricSeries, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        let (old, new) = value.wrappingAdd(amount, ordering: .relaxed)
        if new < old { value.store(.max, ordering: .relaxed) }
    }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ name: String, labels: MetricLabels, to text: inout PrometheusText) {
        text.line(name, labels.braced(), value.load(ordering: .relaxed).description)
    }
}

final class FloatingCounterSeries: MetricSeries, FloatingPointCounterHandler {
    private let value = Mutex(0.0)

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        value.withLock { $0 += amount }
    }

    func reset() { value.withLock { $0 = 0 } }

    func write(_ name: String, labels: MetricLabels, to text: inout PrometheusText) {
        text.line(name, labels.braced(), PrometheusText.number(value.withLock { $0 }))
    }
}

final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func set(_ new: Int64) { set(Double(new)) }
    func set(_ new: Double) { value.withLock { $0 = new } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ new: Int64) { set(Double(new)) }
    func record(_ new: Double) { set(new) }

    func write(_ name: String, labels: MetricLabels, to text: inout PrometheusText) {
        text.line(name, labels.braced(), PrometheusText.number(value.withLock { $0 }))
    }
}

/// Fixed buckets; `le` is inclusive.
final class HistogramSeries: MetricSeries, RecorderHandler {
    /// From half a millisecond to five minutes: a database round trip, and a model thinking.
    static let seconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
    ]
    /// For counts and sizes.
    static let values: [Double] = [
        1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 5000, 10_000, 100_000, 1_000_000, 10_000_000,
    ]

    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func write(_ name: String, labels: MetricLabels, to text: inout PrometheusText) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], counts) {
            total += count
            text.line(name + "_bucket", labels.braced("le=\"\(PrometheusText.number(bound))\""), total.description)
        }
        text.line(name + "_sum", labels.braced(), PrometheusText.number(sum))
        text.line(name + "_count", labels.braced(), total.description)
    }
}

final class TimerSeries: MetricSeries, TimerHandler {
    private let histogram = HistogramSeries(bounds: HistogramSeries.seconds)

    func recordNanoseconds(_ duration: Int64) { histogram.record(Double(duration) / 1e9) }

    func write(_ name: String, labels: MetricLabels, to text: inout PrometheusText) {
        histogram.write(name, labels: labels, to: &text)
    }
}
