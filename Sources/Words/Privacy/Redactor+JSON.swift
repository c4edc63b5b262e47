extension Redactor {
    /// The same value with the same shape and types: strings redacted by what is in them, values under a sensitive name
    /// hidden whole (a number becomes 0, a flag false), at every depth.
    public static func redact(json value: JSONValue) -> JSONValue {
        JSONMasking(change: { redact($0) }, hide: { redact($0, name: $1) }).masked(value)
    }
}

/// Masks a JSON value of any depth without recursion.
struct JSONMasking {
    /// What is done to a string by what is in it.
    let change: (String) -> String
    /// What is done to a string under a sensitive name.
    let hide: (_ text: String, _ name: String) -> String

    /// A container under way: what is done of it, and what is left in reverse.
    fileprivate struct Frame {
        var key: String
        var hiding: Hiding?
        var isObject: Bool
        var left: [(key: String, value: JSONValue)]
        var members: [JSONValue.Member] = []
        var elements: [JSONValue] = []
        var keys: Set<String> = []
    }

    /// What a sensitive name says of all that lies under it.
    fileprivate struct Hiding {
        let name: String
    }

    func masked(_ value: JSONValue) -> JSONValue {
        var frames = [Frame(key: "", hiding: nil, isObject: false, left: [("", value)])]
        while true {
            guard let next = frames[frames.count - 1].left.popLast() else {
                let done = frames.removeLast()
                let value: JSONValue = done.isObject ? .object(done.members) : .array(done.elements)
                guard !frames.isEmpty else { return done.elements.first ?? .null }
                frames[frames.count - 1].take(done.key, value)
                continue
            }
            let frame = frames[frames.count - 1]
            let hiding =
                frame.hiding ?? (frame.isObject && Redactor.isSensitive(name: next.key) ? Hiding(name: next.key) : nil)
            let key = frame.isObject ? frames[frames.count - 1].free(change(next.key)) : ""
            switch next.value {
            case .array(let elements):
                frames.append(
                    Frame(key: key, hiding: hiding, isObject: false, left: elements.reversed().map { ("", $0) }))
            case .object(let members):
                frames.append(
                    Frame(key: key, hiding: hiding, isObject: true, left: members.reversed().map { ($0.key, $0.value) })
                )
            default:
                let leaf = hiding.map { hidden(next.value, $0) } ?? shown(next.value)
                frames[frames.count - 1].take(key, leaf)
            }
        }
    }

    private func shown(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(change(text))
        case .integer(let number): change(number.description) == number.description ? value : .integer(0)
        default: value
        }
    }

    private func hidden(_ value: JSONValue, _ hiding: Hiding) -> JSONValue {
        switch value {
        case .bool: .bool(false)
        case .integer: .integer(0)
        case .number: .number(0)
        case .string(let text): .string(hide(text, hiding.name))
        default: value
        }
    }
}

extension JSONMasking.Frame {
    fileprivate mutating func take(_ key: String, _ value: JSONValue) {
        if isObject { members.append(.init(key, value)) } else { elements.append(value) }
    }

    /// Two personal keys may turn into one marker: the object must keep both members.
    fileprivate mutating func free(_ key: String) -> String {
        var key = key
        while !keys.insert(key).inserted { key += "'" }
        return key
    }
}
