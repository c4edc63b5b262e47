import FoundationEssentials

/// A JSON value of unknown shape. The sandbox reads requests as a tree so that it can name what is wrong with them.
/// Members of an object are written in the order of their names, so that equal values are equal bytes.
enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    /// Nothing if the bytes are not one JSON value in UTF-8.
    init?(bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSON.self, from: Data(bytes)) else { return nil }
        self = value
    }

    init?(text: String) { self.init(bytes: Array(text.utf8)) }

    subscript(_ name: String) -> JSON? { object?[name] }

    var object: [String: JSON]? { if case .object(let members) = self { members } else { nil } }
    var array: [JSON]? { if case .array(let items) = self { items } else { nil } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    var int: Int? { if case .int(let number) = self { Int(exactly: number) } else { nil } }
}

extension JSON: Decodable {
    init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if box.decodeNil() {
            self = .null
        } else if let text = try? box.decode(String.self) {
            self = .string(text)
        } else if let flag = try? box.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? box.decode(Int64.self) {
            self = .int(number)
        } else if let number = try? box.decode(Double.self) {
            self = .double(number)
        } else if let members = try? box.decode([String: JSON].self) {
            self = .object(members)
        } else {
            self = .array(try box.decode([JSON].self))
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
