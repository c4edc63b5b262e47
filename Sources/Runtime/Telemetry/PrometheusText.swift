/// Writes Prometheus's text exposition format 0.0.4.
struct PrometheusText {
    private(set) var text = ""

    mutating func open(_ name: String, help: String?, type: MetricType) {
        text += "# HELP \(name) \(Self.escapedHelp(help ?? name))\n# TYPE \(name) \(type.rawValue)\n"
    }

    mutating func line(_ name: String, _ labels: String, _ value: String) { text += "\(name)\(labels) \(value)\n" }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? Int64(value).description : value.description
    }

    static func escapedLabel(_ value: String) -> String { escaped(value, quote: true) }

    private static func escapedHelp(_ help: String) -> String { escaped(help, quote: false) }

    private static func escaped(_ value: String, quote: Bool) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quote: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
