import Logging
import Privacy

/// Flattens metadata: `a: {b: 1}` becomes `a.b`, `a: [1, 2]` becomes `a.0` and `a.1`.
enum LogFields {
    private static let maximumDepth = 8

    static func append(
        _ value: Logger.Metadata.Value, key: String, name: String? = nil, depth: Int = 0,
        to fields: inout [(key: String, value: String)]
    ) {
        // The name that hides a value also hides what is nested in it.
        let name = name.flatMap { Redactor.isSensitive(name: $0) ? $0 : nil } ?? lastPart(of: key)
        switch value {
        case .dictionary(let members) where depth < maximumDepth:
            for (member, value) in members {
                append(value, key: "\(key).\(member)", name: hiding(name) ?? member, depth: depth + 1, to: &fields)
            }
        case .array(let elements) where depth < maximumDepth:
            for (index, value) in elements.enumerated() {
                append(value, key: "\(key).\(index)", name: name, depth: depth + 1, to: &fields)
            }
        default:
            fields.append((Redactor.redact(key), Redactor.redact(value.description, name: name)))
        }
    }

    private static func hiding(_ name: String) -> String? { Redactor.isSensitive(name: name) ? name : nil }

    private static func lastPart(of key: String) -> String {
        key.split(separator: ".").last.map(String.init) ?? key
    }
}
