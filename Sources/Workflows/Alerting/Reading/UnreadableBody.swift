import Privacy

/// What is kept of a body that no contract reads: enough to see what the publisher did wrong, and nobody's data.
enum UnreadableBody {
    static let maximumBytes = 64 * 1024
    /// What the cut of a long body may leave half of: an address, a number. The redactor would not know it any more.
    private static let uncertainBytes = 1024
    private static let removed = Privacy.JSONValue.string("[REMOVED]")
    /// Fields of the contracts whose values are ids, codes, numbers and times.
    private static let ownFields: Set<String> = [
        "user_id", "max_tweets", "analyze", "kind", "schedule", "slot", "event", "message_id", "at",
    ]

    static func text(of bytes: [UInt8]) -> String {
        if bytes.count <= maximumBytes, let json = try? Privacy.JSONValue(parsing: bytes) {
            return bounded(remainder(of: json).serialized())
        }
        let isCut = bytes.count > maximumBytes
        var text = Redactor.redact(String(decoding: bytes.prefix(maximumBytes), as: UTF8.self))
        if isCut { text = String(decoding: text.utf8.dropLast(uncertainBytes), as: UTF8.self) }
        return bounded(text)
    }

    /// Of an object all names, as a misspelt one is the usual fault, but only the values of our own fields.
    private static func remainder(of json: Privacy.JSONValue) -> Privacy.JSONValue {
        guard case .object(let members) = json else { return Redactor.redact(json: json) }
        var taken: Set<String> = []
        var kept: [Privacy.JSONValue.Member] = []
        for member in members.prefix(64) {
            var name = HarmlessText.isCode(member.key) ? Redactor.redact(member.key) : "[NAME]"
            while !taken.insert(name).inserted { name += "'" }
            let isOurs = ownFields.contains(member.key)
            kept.append(.init(name, isOurs ? value(member.value, name: member.key) : removed))
        }
        return .object(kept)
    }

    private static func value(_ value: Privacy.JSONValue, name: String) -> Privacy.JSONValue {
        switch value {
        case .null, .bool: value
        case .integer, .number: name == "user_id" ? .integer(0) : Redactor.redact(json: value)
        case .string(let text):
            HarmlessText.isCode(text) ? .string(Redactor.redact(text, name: name)) : removed
        case .array, .object: removed
        }
    }

    /// PostgreSQL stores no U+0000; the cut stays between characters.
    private static func bounded(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            let stored: Unicode.Scalar = scalar == "\0" ? "\u{FFFD}" : scalar
            count += UTF8.width(stored)
            guard count <= maximumBytes else { break }
            scalars.append(stored)
        }
        return String(scalars)
    }
}
