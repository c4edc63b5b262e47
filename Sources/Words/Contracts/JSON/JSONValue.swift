/// A small piece of JSON: an event's detail, an audit entry's detail. Objects are written with their names in order, so
/// that equal values are equal bytes.
public enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// Finite. A NaN or an infinity has no JSON form and is written as `null`.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads one JSON object, as strictly as a message body.
    public static func object(parsing bytes: [UInt8]) throws(InvalidMessage) -> [String: JSONValue] {
        try object(FlatJSONScanner.members(of: bytes), bytes)
    }

    static func array(parsing bytes: [UInt8]) throws(InvalidMessage) -> [JSONValue] {
        var elements: [JSONValue] = []
        for token in try FlatJSONScanner.elements(of: bytes) { elements.append(try JSONValue(token, bytes)) }
        return elements
    }

    /// The value as JSON without white space.
    public var text: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func object(_ members: [FlatJSONScanner.Member], _ bytes: [UInt8]) throws(InvalidMessage) -> [String:
        JSONValue]
    {
        var object: [String: JSONValue] = [:]
        for member in members { object[member.name] = try JSONValue(member.value, bytes) }
        return object
    }

    /// Recursion ends because the scanner refused deep nesting before any token existed.
    init(_ token: FlatJSONScanner.Token, _ bytes: [UInt8]) throws(InvalidMessage) {
        switch token.kind {
        case .null: self = .null
        case .boolean: self = .boolean(bytes[token.range.lowerBound] == UInt8(ascii: "t"))
        case .string: self = .string(FlatJSONScanner.text(of: token, in: bytes))
        case .integer, .fraction: self = try Self.number(String(decoding: bytes[token.range], as: UTF8.self))
        case .array:
            var scanner = FlatJSONScanner.inside(token, of: bytes)
            var elements: [JSONValue] = []
            for element in try scanner.array(depth: 1) { elements.append(try JSONValue(element, bytes)) }
            self = .array(elements)
        case .object:
            var scanner = FlatJSONScanner.inside(token, of: bytes)
            self = .object(try Self.object(scanner.object(depth: 1), bytes))
        }
    }

    private static func number(_ text: String) throws(InvalidMessage) -> JSONValue {
        if let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw .body("numbers within the range of a double") }
        return .number(number)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(nilLiteral: ()) { self = .null }

    /// The last of equal names wins.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
