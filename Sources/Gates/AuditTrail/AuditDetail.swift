import Contracts

import enum Privacy.Redactor

/// What of a detail goes into the trail: the trail outlives the data that it tells of, and whoever gives it a text does not
/// always know what is in that text (a reason that somebody typed, an error of a server).
///
/// References stay as they are, since they are what entries are found by; every other text is redacted by its name and by
/// what is in it, at any depth. Numbers, codes and times come through unchanged.
enum AuditDetail {
    static func redacted(_ detail: [String: JSONValue]) -> [String: JSONValue] {
        var kept: [String: JSONValue] = [:]
        for (name, value) in detail { kept[name] = redacted(value, under: name) }
        return kept
    }

    private static func redacted(_ value: JSONValue, under name: String) -> JSONValue {
        switch value {
        case .string(let text): isReference(name) ? value : .string(Redactor.redact(text, name: name))
        case .array(let elements): .array(elements.map { redacted($0, under: name) })
        case .object(let members): .object(redacted(members))
        case .null, .boolean, .integer, .number: value
        }
    }

    /// Ids of our own things, digests, and the subject by which an identity provider knows one who works here. A user's id
    /// is none: it stands in the entry's own column, which erasure empties.
    private static func isReference(_ name: String) -> Bool {
        if name == "user_id" { return false }
        return references.contains(name) || name.hasSuffix("_id") || name.hasSuffix("_ids")
    }

    private static let references: Set = [
        "id", "ids", "subject", "hold", "certificate", "fingerprint", "sha256", "head", "signature",
    ]
}
