/// Takes personal data and secrets out of text that stays in the house: logs, errors, metrics, audit details.
///
/// Pure functions over UTF-8 in linear time, safe from any thread. What is found becomes its marker (`[EMAIL]`); a user id
/// keeps its last four characters. Redacting what was redacted keeps its markers.
public enum Redactor {
    /// Text without findings comes back as it is, without a copy.
    public static func redact(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            let findings = Scanner.findings(in: bytes, for: .redact).merged()
            return findings.isEmpty ? nil : replace(findings, in: bytes)
        } ?? text
    }

    /// `***` and the last four characters; nothing but `***` if the id is no longer than that.
    public static func mask(userID: String) -> String {
        userID.count > 4 ? "***" + userID.suffix(4) : "***"
    }

    /// Whether a value under this name is to be hidden whatever it looks like (`client_secret`, `X-Api-Key`, `email`).
    public static func isSensitive(name: String) -> Bool { SensitiveName.kind(of: name) != nil }

    /// `value` as it may be shown under `name`: hidden whole if the name says so, else redacted by what is in it.
    public static func redact(_ value: String, name: String) -> String {
        guard let kind = SensitiveName.kind(of: name) else { return redact(value) }
        if value.isEmpty { return value }
        return kind == .id ? maskOnce(value) : kind.marker
    }

    /// A masked id comes back as it is, so that redacting stays idempotent.
    private static func maskOnce(_ id: String) -> String {
        id.hasPrefix("***") && id.count <= 7 ? id : mask(userID: id)
    }

    private static func replace(_ findings: [Finding], in bytes: UnsafeBufferPointer<UInt8>) -> String {
        var result = ""
        result.reserveCapacity(bytes.count + 16)
        var copied = 0
        for finding in findings {
            result += String(decoding: bytes[copied..<finding.range.lowerBound], as: UTF8.self)
            if finding.kind == .id {
                let number = String(decoding: bytes[finding.range].dropFirst(5), as: UTF8.self)
                result += mask(userID: number)
            } else {
                result += finding.kind.marker
            }
            copied = finding.range.upperBound
        }
        result += String(decoding: bytes[copied...], as: UTF8.self)
        return result
    }
}
