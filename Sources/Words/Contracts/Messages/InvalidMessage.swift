/// Why a message is dead-lettered as `invalid_message`: where it is wrong and what was expected there. It never holds a
/// value from the message, nor a name that is not ours, so it may be logged and stored.
public struct InvalidMessage: Error, Hashable, Sendable {
    public enum Part: Hashable, Sendable {
        case body
        case field(String)
        case property(String)
        case header(String)
    }

    public let part: Part
    public let expected: String

    public init(_ part: Part, expected: String) {
        self.part = part
        self.expected = expected
    }
}

extension InvalidMessage: CustomStringConvertible {
    public var description: String {
        switch part {
        case .body: "body, expected \(expected)"
        case .field(let name): "field \(name), expected \(expected)"
        case .property(let name): "property \(name), expected \(expected)"
        case .header(let name): "header \(name), expected \(expected)"
        }
    }
}
