extension JSONValue {
    public enum KeyOrder: Sendable {
        case kept
        /// By UTF-8 bytes, the same on every machine: for hashes and comparisons.
        case sorted
    }

    /// Compact JSON text without white space. A number that is not finite, which no parser makes, is written as `null`.
    public func serialized(keys: KeyOrder = .kept) -> String {
        var text = ""
        append(to: &text, keys)
        return text
    }

    private func append(to text: inout String, _ order: KeyOrder) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += value.description
        case .number(let value): text += value.isFinite ? value.description : "null"
        case .string(let value): JSONText.append(value, to: &text)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.append(to: &text, order)
            }
            text += "]"
        case .object(let members):
            text += "{"
            let members =
                order == .kept ? members : members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                JSONText.append(member.key, to: &text)
                text += ":"
                member.value.append(to: &text, order)
            }
            text += "}"
        }
    }
}

/// Strings as JSON writes them (RFC 8259 §7).
public enum JSONText {
    private static let hex = Array("0123456789abcdef".utf8)

    /// Appends `value` in quotes. `escapingMarkup` also escapes `<`, `>`, `&`; U+2028 and U+2029 are always escaped, since
    /// they end a line for some readers.
    public static func append(_ value: String, to text: inout String, escapingMarkup: Bool = false) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "<", ">", "&":
                if escapingMarkup { appendEscape(scalar, to: &text) } else { text.unicodeScalars.append(scalar) }
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}": appendEscape(scalar, to: &text)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    private static func appendEscape(_ scalar: Unicode.Scalar, to text: inout String) {
        text += "\\u"
        for shift in [12, 8, 4, 0] {
            text.unicodeScalars.append(Unicode.Scalar(hex[Int(scalar.value >> UInt32(shift)) & 0xF]))
        }
    }
}
