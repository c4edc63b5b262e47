/// An element type whose arrays can be parameters: `unnest(\(ids)::text[])`. An array of `UInt8` is one `bytea`.
public protocol PostgresArrayElement: Sendable {
    static func encode(array: [Self], into parameters: inout PostgresParameters)
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    public func encode(into parameters: inout PostgresParameters) { Element.encode(array: self, into: &parameters) }
}

extension UInt8: PostgresArrayElement {
    public static func encode(array: [UInt8], into parameters: inout PostgresParameters) {
        parameters.append(bytes: array)
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresTextEncodable {
    public static func encode(array: [Wrapped?], into parameters: inout PostgresParameters) {
        var literal = PostgresArrayLiteral()
        for element in array {
            if let element { literal.append(element.postgresText) } else { literal.appendNull() }
        }
        literal.finish(into: &parameters)
    }
}

/// A one-dimensional array in PostgreSQL's text form: `{"a","b\"c",NULL}`.
struct PostgresArrayLiteral {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var isDefect = false

    mutating func append(_ element: String?) {
        guard var element else {
            isDefect = true
            return
        }
        separate()
        bytes.append(UInt8(ascii: "\""))
        element.withUTF8 { utf8 in
            // Both are ASCII, which no other character's UTF-8 holds a byte of.
            if utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
                for byte in utf8 {
                    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
                    bytes.append(byte)
                }
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func appendNull() {
        separate()
        bytes.append(contentsOf: "NULL".utf8)
    }

    func finish(into parameters: inout PostgresParameters) {
        if isDefect { return parameters.refuse("an array element is out of PostgreSQL's range") }
        parameters.append(text: bytes + [UInt8(ascii: "}")])
    }

    private mutating func separate() {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    }

    /// The elements of a one-dimensional array, or nil if the text is something else.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> [[UInt8]?]? {
        guard bytes.count >= 2, bytes.first == 0x7B, bytes.last == 0x7D else { return nil }
        let end = bytes.count - 1
        var elements: [[UInt8]?] = []
        var index = 1
        while index < end {
            var element: [UInt8] = []
            let isQuoted = bytes[index] == 0x22
            if isQuoted {
                index += 1
                while index < end, bytes[index] != 0x22 {
                    if bytes[index] == 0x5C { index += 1 }
                    guard index < end else { return nil }
                    element.append(bytes[index])
                    index += 1
                }
                guard index < end else { return nil }
                index += 1
            } else {
                while index < end, bytes[index] != 0x2C {
                    guard bytes[index] != 0x7B, bytes[index] != 0x7D, bytes[index] != 0x22 else { return nil }
                    element.append(bytes[index])
                    index += 1
                }
            }
            let isNull = !isQuoted && element == Array("NULL".utf8)
            elements.append(isNull ? nil : element)
            if index < end {
                guard bytes[index] == 0x2C, index + 1 < end else { return nil }
                index += 1
            }
        }
        return elements
    }
}
