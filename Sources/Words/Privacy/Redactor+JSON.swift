extension Redactor {
    /// The same value with the same shape and types: strings redacted by what is in them, values under a sensitive name
    /// hidden whole (a number becomes 0, a flag false), at every depth.
    public static func redact(json value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool: value
        case .integer(let number): redact(number.description) == number.description ? value : .integer(0)
        case .number: value
        case .string(let text): .string(redact(text))
        case .array(let elements): .array(elements.map { redact(json: $0) })
        case .object(let members): .object(redact(members))
        }
    }

    private static func redact(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
        var taken: Set<String> = []
        return members.map { member in
            var key = redact(member.key)
            // Two personal keys may turn into one marker: the object must keep both members.
            while !taken.insert(key).inserted { key += "'" }
            guard let kind = SensitiveName.kind(of: member.key) else { return .init(key, redact(json: member.value)) }
            return .init(key, hide(member.value, as: kind, name: member.key))
        }
    }

    private static func hide(_ value: JSONValue, as kind: PersonalKind, name: String) -> JSONValue {
        switch value {
        case .null: .null
        case .bool: .bool(false)
        case .integer: .integer(0)
        case .number: .number(0)
        case .string(let text): .string(redact(text, name: name))
        case .array(let elements): .array(elements.map { hide($0, as: kind, name: name) })
        case .object(let members):
            .object(members.map { .init(redact($0.key), hide($0.value, as: kind, name: name)) })
        }
    }
}
