import FoundationEssentials
import Logging
import Privacy

/// One event, redacted, ready to be written.
struct LogLine {
    /// Keys of every line; metadata under one of these names gets a trailing underscore.
    static let keys: Set<String> = ["time", "level", "program", "logger", "message"]

    var time: Date
    var level: Logger.Level
    var logger: String
    var program: String
    var message: String
    var metadata: [(key: String, value: String)]

    var json: String {
        var line = "{\"time\":\"\(LogTime.text(time))\",\"level\":\"\(level.rawValue)\",\"program\":"
        JSONText.append(program, to: &line)
        line += ",\"logger\":"
        JSONText.append(logger, to: &line)
        line += ",\"message\":"
        JSONText.append(message, to: &line)
        var taken = Self.keys
        for (key, value) in metadata {
            var key = key
            while !taken.insert(key).inserted { key += "_" }
            line += ","
            JSONText.append(key, to: &line)
            line += ":"
            JSONText.append(value, to: &line)
        }
        return line + "}\n"
    }

    func text(inColour: Bool) -> String {
        let name = level.rawValue.uppercased()
        let padded = name + String(repeating: " ", count: max(0, 8 - name.count))
        var line = LogTime.text(time).dropFirst(11).dropLast() + " "
        line += inColour ? "\u{1B}[\(colour)m\(padded)\u{1B}[0m" : padded
        line += " \(Self.oneLine(logger)): \(Self.oneLine(message))"
        for (key, value) in metadata {
            let shown = Self.oneLine(value)
            let quoted = shown.isEmpty || shown.contains(" ") ? "\"\(shown)\"" : shown
            line += inColour ? " \u{1B}[2m\(Self.oneLine(key))=\u{1B}[0m\(quoted)" : " \(Self.oneLine(key))=\(quoted)"
        }
        return String(line) + "\n"
    }

    private var colour: String {
        switch level {
        case .trace, .debug: "2"
        case .info, .notice: "32"
        case .warning: "33"
        case .error, .critical: "1;31"
        }
    }

    /// Control characters as escapes: text from outside may neither begin a new line nor steer the terminal.
    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isControl(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}
