/// Why bytes are not the JSON that we take. Names the place, never the content.
public struct JSONError: Error, Hashable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case tooLarge = "is longer than allowed"
        case tooDeep = "is nested deeper than allowed"
        case unexpectedEnd = "ends in the middle of a value"
        case unexpectedByte = "has a byte that cannot stand there"
        case badNumber = "has a malformed number"
        case badString = "has a malformed string"
        case badUTF8 = "is not UTF-8"
        case duplicateKey = "has an object with the same key twice"
        case trailingBytes = "goes on after its value"
    }

    public let reason: Reason
    /// Bytes from the start.
    public let offset: Int

    public var description: String { "the JSON text \(reason.rawValue) (byte \(offset))" }
}

extension JSONValue {
    /// Parses exactly one value (RFC 8259), with white space around it.
    ///
    /// Stricter than most: bytes that are not UTF-8, duplicate keys, lone surrogates, numbers that do not fit a `Double`,
    /// more than `maximumDepth` levels and more than `maximumBytes` are refused with `JSONError`.
    public init(
        parsing bytes: some Collection<UInt8>, maximumBytes: Int = 16 << 20, maximumDepth: Int = 64
    ) throws(JSONError) {
        let bytes = Array(bytes)
        guard bytes.count <= maximumBytes else { throw JSONError(reason: .tooLarge, offset: maximumBytes) }
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
        self = try parser.parse()
    }

    public init(parsing text: some StringProtocol, maximumBytes: Int = 16 << 20, maximumDepth: Int = 64)
        throws(JSONError)
    {
        try self.init(parsing: text.utf8, maximumBytes: maximumBytes, maximumDepth: maximumDepth)
    }
}

struct JSONParser {
    let bytes: [UInt8]
    let maximumDepth: Int
    private var index = 0

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func parse() throws(JSONError) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw error(.trailingBytes) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= maximumDepth else { throw error(.tooDeep) }
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= maximumDepth else { throw error(.tooDeep) }
        index += 1
        var members: [JSONValue.Member] = []
        var keys: Set<String> = []
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            index += 1
            return .object([])
        }
        while true {
            skipSpace()
            let place = index
            guard try peek() == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
            let key = try string()
            guard keys.insert(key).inserted else { throw JSONError(reason: .duplicateKey, offset: place) }
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
            index += 1
            members.append(.init(key, try value(depth: depth)))
            if try endsList(with: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= maximumDepth else { throw error(.tooDeep) }
        index += 1
        var elements: [JSONValue] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            index += 1
            return .array([])
        }
        while true {
            elements.append(try value(depth: depth))
            if try endsList(with: UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    private mutating func endsList(with closing: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        let byte = try peek()
        guard byte == closing || byte == UInt8(ascii: ",") else { throw error(.unexpectedByte) }
        index += 1
        return byte == closing
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for offset in 0..<text.utf8CodeUnitCount {
            guard try peek() == text.utf8Start[offset] else { throw error(.unexpectedByte) }
            index += 1
        }
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        guard bytes[start] == UInt8(ascii: "-") || bytes[start].isDigit else { throw error(.unexpectedByte) }
        if bytes[start] == UInt8(ascii: "-") { index += 1 }
        let whole = index
        guard digits() > 0, bytes[whole] != UInt8(ascii: "0") || index == whole + 1 else { throw error(.badNumber) }
        var isInteger = true
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            guard digits() > 0 else { throw error(.badNumber) }
        }
        if index < bytes.count, bytes[index].lowered == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digits() > 0 else { throw error(.badNumber) }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isInteger, text != "-0", let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw JSONError(reason: .badNumber, offset: start) }
        return .number(value)
    }

    private mutating func digits() -> Int {
        let start = index
        while index < bytes.count, bytes[index].isDigit { index += 1 }
        return index - start
    }

    private mutating func string() throws(JSONError) -> String {
        let start = index
        index += 1
        var content: [UInt8] = []
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw JSONError(reason: .badUTF8, offset: start)
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0..<0x20: throw error(.badString)
            default:
                content.append(byte)
                index += 1
            }
        }
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        index += 1
        let byte = try peek()
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content.append(contentsOf: String(Character(try scalar())).utf8)
        default: throw error(.badString)
        }
    }

    /// The scalar of `\uXXXX` or of a pair of surrogates; a surrogate alone is refused.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let first = try hexQuad()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw error(.badString) }
        index += 2
        let second = try hexQuad()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error(.badString) }
        return scalar
    }

    private mutating func hexQuad() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = try peek()
            guard byte.isHex else { throw error(.badString) }
            value = value << 4 | UInt32(byte.isDigit ? byte & 0x0F : byte.lowered - 0x61 + 10)
            index += 1
        }
        return value
    }

    private mutating func skipSpace() {
        while index < bytes.count,
            bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x0D || bytes[index] == 0x09
        {
            index += 1
        }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard index < bytes.count else { throw error(.unexpectedEnd) }
        return bytes[index]
    }

    private func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: index) }
}
