public import HTTPTransport
import Logging
public import Telemetry

/// What every long-running program reads.
public struct ProcessSettings: Sendable {
    public var telemetry: TelemetryOptions
    /// Where traces go; nil = nothing is traced.
    public var traces: TraceSettings?
    /// Where health and metrics are served; nil = nowhere.
    public var health: (host: String, port: Int)?
    public var concurrency: Int
    public var shutdownGrace: Duration
    public var startupTimeout: Duration
    /// Where providers may be asked without TLS.
    public var plainHTTP: HTTPClientConfiguration.PlainHTTP

    /// Reads `LOG_LEVEL`, `LOG_FORMAT`, `HTTP_HOST`, `HTTP_PORT`, `CONSUMER_CONCURRENCY`, `SHUTDOWN_GRACE`, `STARTUP_TIMEOUT`,
    /// `SANDBOX_HOST`, and `OTEL_…` (`traces()`).
    public static func read(_ reader: inout SettingsReader, program: String) -> ProcessSettings {
        let level = reader.choice("LOG_LEVEL", default: Logger.Level.info)
        let format = reader.choice("LOG_FORMAT", default: LogFormat.json)
        let host = reader.text("HTTP_HOST") ?? "127.0.0.1"
        let port = reader.optionalInteger("HTTP_PORT", in: 0...65535)
        return ProcessSettings(
            telemetry: TelemetryOptions(logLevel: level, logFormat: format, program: program),
            traces: reader.traces(), health: port.map { (host, $0) },
            concurrency: reader.integer("CONSUMER_CONCURRENCY", default: 16, in: 1...2000),
            shutdownGrace: reader.duration("SHUTDOWN_GRACE", default: .seconds(30)),
            startupTimeout: reader.duration("STARTUP_TIMEOUT", default: .seconds(60)), plainHTTP: reader.plainHTTP())
    }
}
