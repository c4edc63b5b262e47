import FoundationEssentials
public import Logging
import Privacy

/// Writes each event as one redacted line.
///
/// The message and every metadata value pass the `Redactor`; a value under a secret's name is hidden whole. The handler of a
/// process sits on `StandardErrorSink`; tests give it a sink of their own.
public struct StandardErrorLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let program: String
    private let format: LogFormat
    private let sink: any LogSink
    private let now: @Sendable () -> Date

    public init(
        label: String, options: TelemetryOptions, sink: any LogSink, metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.init(label: label, options: options, sink: sink, metadataProvider: metadataProvider, now: { Date() })
    }

    init(
        label: String, options: TelemetryOptions, sink: any LogSink, metadataProvider: Logger.MetadataProvider? = nil,
        now: @escaping @Sendable () -> Date
    ) {
        self.label = label
        self.sink = sink
        self.metadataProvider = metadataProvider
        self.now = now
        program = options.program
        format = options.logFormat
        logLevel = options.logLevel
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let line = LogLine(
            time: now(), level: event.level, logger: label, program: program,
            message: Redactor.redact(event.message.description), metadata: fields(of: event))
        switch format {
        case .json: sink.write(Array(line.json.utf8))
        case .text: sink.write(Array(line.text(inColour: sink.isTerminal).utf8))
        }
    }

    /// All metadata, flattened and redacted, by key. What is given with the event wins over the provider's, that over the
    /// logger's own.
    private func fields(of event: LogEvent) -> [(key: String, value: String)] {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        var fields: [(key: String, value: String)] = []
        for (key, value) in merged { LogFields.append(value, key: key, to: &fields) }
        if let error = event.error {
            LogFields.append(.string(String(describing: error)), key: "error", to: &fields)
            LogFields.append(.string(String(describing: type(of: error))), key: "error_type", to: &fields)
        }
        return fields.sorted { $0.key < $1.key }
    }
}
