import Privacy

/// The labels of one series, valid, redacted and in one order, as they stand between the braces.
struct MetricLabels: Hashable {
    /// `a="1",b="2"`, empty without labels.
    let text: String

    init(_ dimensions: [(String, String)]) {
        var values: [String: String] = [:]
        for (name, value) in dimensions {
            values[MetricName.validLabel(name)] = PrometheusText.escapedLabel(Redactor.redact(value, name: name))
        }
        text = values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
    }

    /// In braces, with one more label at the end if given.
    func braced(_ more: String? = nil) -> String {
        let all = [text, more ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
        return all.isEmpty ? "" : "{\(all)}"
    }
}

/// Makes names valid for Prometheus: `[a-zA-Z_:][a-zA-Z0-9_:]*`, without the colon for labels.
enum MetricName {
    static func valid(_ name: String) -> String { valid(name, allowingColon: true) }

    /// A label of ours may not be called `le`, which histograms use, nor begin with the reserved `__`.
    static func validLabel(_ name: String) -> String {
        let valid = valid(name, allowingColon: false)
        return valid == "le" || valid.hasPrefix("__") ? "label_" + valid : valid
    }

    private static func valid(_ name: String, allowingColon: Bool) -> String {
        var bytes = name.utf8.map { byte -> UInt8 in
            let isLetter = (0x61...0x7A).contains(byte | 0x20)
            let isDigit = (0x30...0x39).contains(byte)
            return isLetter || isDigit || (allowingColon && byte == 0x3A) ? byte : 0x5F
        }
        if bytes.first.map({ (0x30...0x39).contains($0) }) ?? true { bytes.insert(0x5F, at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
