/// Takes personal data and secrets out of text that stays in the house: logs, errors, metrics, audit details.
///
/// Pure functions over UTF-8 in linear time, safe from any thread. What is found becomes its marker (`[EMAIL]`); a user id
/// keeps its last four characters. Redacting what was redacted keeps its markers.
public enum Redactor {
    /// Text without findings comes back as it is, without a copy.
    public static func redact(_ text: String) -> String {
        Detector.settled(text, for: .redact) { replace($1.findings, in: $0, isASCII: !$1.hasWide) }
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

    /// Every value as it may be shown under its name. The names are redacted too; where two become one, both members stay.
    public static func redact(fields: [String: String]) -> [String: String] {
        var redacted: [String: String] = [:]
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            var key = redact(name)
            while redacted[key] != nil { key += "'" }
            redacted[key] = redact(value, name: name)
        }
        return redacted
    }

    /// A masked id comes back as it is, so that redacting stays idempotent.
    private static func maskOnce(_ id: String) -> String {
        id.hasPrefix("***") && id.count <= 7 ? id : mask(userID: id)
    }

    static func replace(
        _ findings: some Collection<Finding>, in bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool = false
    ) -> String {
        Replacement.text(bytes, findings, isASCII: isASCII) { finding in
            guard finding.kind == .id else { return .marker }
            let id = String(decoding: bytes[finding.range], as: UTF8.self)
            let isPrefixed = id.count > 5 && id.prefix(4).lowercased() == "user"
            return .text(mask(userID: isPrefixed ? String(id.dropFirst(5)) : id))
        }
    }
}
