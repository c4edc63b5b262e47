import FoundationEssentials
import Glibc
import Logging

/// Writes log lines to standard error, one write each, so that lines of several threads do not mix.
struct SandboxLogHandler: LogHandler {
    let label: String
    let isJSON: Bool
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(label: String, isJSON: Bool) {
        self.label = label
        self.isJSON = isJSON
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let time = Timestamp.text(Date())
        if isJSON {
            var members: [String: JSON] = [
                "time": .string(time), "level": .string(event.level.rawValue), "logger": .string(label),
                "message": .string(event.message.description),
            ]
            for (name, value) in merged { members[name] = .string(value.description) }
            Self.write(JSON.object(members).text + "\n")
        } else {
            let more = merged.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            Self.write("\(time) \(event.level.rawValue) \(event.message)\(more)\n")
        }
    }

    static func write(_ line: String) {
        let bytes = Array(line.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
