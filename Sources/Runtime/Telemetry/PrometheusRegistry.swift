public import CoreMetrics
public import Logging
import Synchronization

/// Every metric of the process, in Prometheus's text format 0.0.4.
///
/// | swift-metrics | Prometheus |
/// | --- | --- |
/// | `Counter`, `FloatingPointCounter` | counter |
/// | `Gauge`, `Meter`, `Recorder(aggregate: false)` | gauge |
/// | `Recorder` | histogram |
/// | `Timer` | histogram in seconds |
///
/// Names are made valid, label values pass the redactor. A name holds at most `maximumSeries` label combinations; those that
/// come later, and a name asked for as another type than it has, are not kept, with one warning a name: a label that varies
/// without bound must cost neither memory nor the scraper. Safe from any thread; recording takes an atomic add or a short lock.
public final class PrometheusRegistry: MetricsFactory {
    private let families = Mutex<[String: MetricFamily]>([:])
    private let helps = Mutex<[String: String]>([:])
    private let maximumSeries: Int
    private let logger: @Sendable () -> Logger

    /// The logger is asked for when there is something to warn of, so that a registry may exist before logging is set up.
    public init(
        maximumSeries: Int = 1000, logger: @escaping @Sendable () -> Logger = { Logger(label: "metrics") }
    ) {
        self.maximumSeries = maximumSeries
        self.logger = logger
    }

    /// Sets the text of the name's HELP line.
    public func describe(_ name: String, _ help: String) {
        helps.withLock { $0[MetricName.valid(name)] = help }
    }

    /// All series and the process's own, families sorted by name, series by labels.
    public func render() -> String {
        let helps = helps.withLock { $0 }
        let families = families.withLock { $0.values.sorted { $0.name < $1.name } }
        var text = PrometheusText()
        for family in families {
            text.open(family.name, help: helps[family.name], type: family.type)
            for series in family.sortedSeries { series.value.write(family.name, labels: series.labels, to: &text) }
        }
        ProcessMetrics.write(to: &text)
        return text.text
    }

    // MARK: MetricsFactory

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { CounterSeries() }
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter) { FloatingCounterSeries() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { GaugeSeries() }
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate
            ? series(label, dimensions, .histogram) { HistogramSeries(bounds: HistogramSeries.values) }
            : series(label, dimensions, .gauge) { GaugeSeries() }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = label.hasSuffix("_seconds") ? label : label + "_seconds"
        return series(name, dimensions, .histogram) { TimerSeries() }
    }

    // A series lives as long as the process: a counter that vanished and came back would look like a restart.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// The series that is there, a new one, or one that nobody reads because it must not be kept.
    private func series<Series: MetricSeries>(
        _ label: String, _ dimensions: [(String, String)], _ type: MetricType, make: () -> Series
    ) -> Series {
        let name = MetricName.valid(label)
        let labels = MetricLabels(dimensions)
        let (series, refusal) = families.withLock { families -> (Series, MetricFamily.Refusal?) in
            families[name, default: MetricFamily(name: name, type: type)]
                .series(labels, type: type, maximum: maximumSeries, make: make)
        }
        switch refusal {
        case .tooManySeries:
            logger().warning(
                "metric has too many label combinations; new ones are not kept",
                metadata: ["metric": "\(name)", "limit": "\(maximumSeries)"])
        case .otherType:
            logger().warning(
                "metric is asked for as two types; the later one is not kept",
                metadata: ["metric": "\(name)", "type": "\(type.rawValue)"])
        case nil: break
        }
        return series
    }
}
