public import FoundationEssentials

/// A Swift value that can be a parameter of a statement.
///
/// A `RawRepresentable` type gets its conformance for free: `extension Tier: PostgresEncodable {}`.
public protocol PostgresEncodable: Sendable {
    /// Appends exactly one value.
    func encode(into parameters: inout PostgresParameters)
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    public func encode(into parameters: inout PostgresParameters) { rawValue.encode(into: &parameters) }
}

/// A value with a text form that can also stand in an array literal.
public protocol PostgresTextEncodable: PostgresEncodable, PostgresArrayElement {
    /// PostgreSQL's text form, or nil if there is none (a date out of range).
    var postgresText: String? { get }
}

extension PostgresTextEncodable {
    public func encode(into parameters: inout PostgresParameters) {
        guard let postgresText else {
            return parameters.refuse("a \(Self.self) is out of PostgreSQL's range")
        }
        parameters.append(text: postgresText)
    }

    public static func encode(array: [Self], into parameters: inout PostgresParameters) {
        var literal = PostgresArrayLiteral()
        for element in array { literal.append(element.postgresText) }
        literal.finish(into: &parameters)
    }
}

extension String: PostgresTextEncodable {
    public var postgresText: String? { self }
}

extension Int: PostgresTextEncodable {
    public var postgresText: String? { description }
}

extension Int64: PostgresTextEncodable {
    public var postgresText: String? { description }
}

extension Int32: PostgresTextEncodable {
    public var postgresText: String? { description }
}

extension Double: PostgresTextEncodable {
    public var postgresText: String? { description }
}

extension Bool: PostgresTextEncodable {
    public var postgresText: String? { self ? "t" : "f" }
}

extension UUID: PostgresTextEncodable {
    public var postgresText: String? { uuidString }
}

extension Date: PostgresTextEncodable {
    /// Rounded to a microsecond, which is all that `timestamptz` holds.
    public var postgresText: String? { PostgresTimestamp(self)?.text }
}

/// A JSON document as text, for `json` and `jsonb`. The server checks it.
public struct JSONText: RawRepresentable, Hashable, Sendable, PostgresTextEncodable {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var postgresText: String? { rawValue }

    // Both protocols offer a default: the text's is meant.
    public func encode(into parameters: inout PostgresParameters) { parameters.append(text: rawValue) }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    public func encode(into parameters: inout PostgresParameters) {
        switch self {
        case .none: parameters.appendNull()
        case .some(let value): value.encode(into: &parameters)
        }
    }
}
