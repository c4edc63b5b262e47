import CoreMetrics
import Logging
import Synchronization
import Tracing

/// The process's logging, metrics and traces, set up once.
public enum Telemetry {
    /// Where every metric of the process lands. Without `bootstrap` nothing reaches it.
    public static let metrics = PrometheusRegistry()

    private static let isReady = Mutex(false)

    /// Sends all logs to standard error, all metrics to `metrics`, and all spans to `tracer` if there is one. Later calls change
    /// nothing, so that each program that runs in one process may call it.
    public static func bootstrap(_ options: TelemetryOptions, tracer: ExportingTracer? = nil) {
        isReady.withLock { isReady in
            guard !isReady else { return }
            isReady = true
            let sink = StandardErrorSink()
            LoggingSystem.bootstrap(
                { label, provider in
                    StandardErrorLogHandler(label: label, options: options, sink: sink, metadataProvider: provider)
                }, metadataProvider: nil)
            MetricsSystem.bootstrap(metrics)
            if let tracer { InstrumentationSystem.bootstrap(tracer) }
        }
    }
}
