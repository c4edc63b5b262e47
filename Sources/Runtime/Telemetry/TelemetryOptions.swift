public import Logging

/// How a program logs.
public struct TelemetryOptions: Sendable {
    public var logLevel: Logger.Level
    public var logFormat: LogFormat
    /// Stands in every line, so that lines of several programs in one file can be told apart.
    public var program: String

    public init(logLevel: Logger.Level = .info, logFormat: LogFormat = .json, program: String) {
        self.logLevel = logLevel
        self.logFormat = logFormat
        self.program = program
    }
}

/// The values of `LOG_FORMAT`.
public enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line, for machines.
    case json
    /// Aligned columns, for people.
    case text
}
