/// Reads one JSON object (RFC 8259) member by member, and skips what nobody asks for. Stricter than the RFC where leniency
/// lets two readers see two messages: duplicate names, a byte order mark, lone surrogates and anything after the object
/// are refused.
///
/// Cost and stack are bounded by `maximumBytes` and `maximumDepth`. Numbers are only checked here; whoever wants one
/// converts it.
struct FlatJSONScanner {
    static let maximumBytes = 64 * 1024
    static let maximumDepth = 16

    /// A value that was checked and left where it stands.
    struct Token {
        enum Kind { case string, integer, fraction, boolean, null, array, object }

        let kind: Kind
        /// For a string: without its quotes.
        let range: Range<Int>
        var hasEscapes = false
    }

    struct Member {
        let name: String
        let value: Token
    }

    let bytes: [UInt8]
    private(set) var at: Int
    let end: Int

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        at = range.lowerBound
        end = range.upperBound
    }

    /// The members of the object that `bytes` is, in their order.
    static func members(of bytes: [UInt8]) throws(InvalidMessage) -> [Member] {
        guard bytes.count <= maximumBytes else { throw .body("at most 64 KiB") }
        var scanner = try scanner(over: bytes, opening: "{", "one JSON object")
        let members = try scanner.object(depth: 1)
        try scanner.finish()
        return members
    }

    /// The elements of the array that `bytes` is, of any size: for JSON of our own, read back from the database.
    static func elements(of bytes: [UInt8]) throws(InvalidMessage) -> [Token] {
        var scanner = try scanner(over: bytes, opening: "[", "one JSON array")
        let elements = try scanner.array(depth: 1)
        try scanner.finish()
        return elements
    }

    private static func scanner(
        over bytes: [UInt8], opening: Unicode.Scalar, _ expected: String
    ) throws(InvalidMessage) -> FlatJSONScanner {
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { throw .body("no byte order mark") }
        guard (try? UTF8Span(validating: bytes.span)) != nil else { throw .body("valid UTF-8") }
        var scanner = FlatJSONScanner(bytes, 0..<bytes.count)
        scanner.skipSpace()
        guard scanner.peek == UInt8(ascii: opening) else { throw .body(expected) }
        return scanner
    }

    private mutating func finish() throws(InvalidMessage) {
        skipSpace()
        guard at == end else { throw .body("nothing after the JSON value") }
    }

    /// A scanner over a token that was found in `bytes` before, to read what is inside.
    static func inside(_ token: Token, of bytes: [UInt8]) -> FlatJSONScanner { FlatJSONScanner(bytes, token.range) }

    // MARK: Values

    mutating func object(depth: Int) throws(InvalidMessage) -> [Member] {
        var members: [Member] = []
        var names = SeenNames()
        try list(open: "{", close: "}", depth: depth) { scanner throws(InvalidMessage) in
            guard scanner.peek == UInt8(ascii: "\"") else { throw .body("a quoted name for each member") }
            let name = FlatJSONScanner.text(of: try scanner.string(), in: scanner.bytes)
            guard names.insert(name, after: members) else { throw .body("each name once in an object") }
            scanner.skipSpace()
            guard scanner.take(":") else { throw .body("a colon after each name") }
            members.append(Member(name: name, value: try scanner.value(depth: depth)))
        }
        return members
    }

    mutating func array(depth: Int) throws(InvalidMessage) -> [Token] {
        var elements: [Token] = []
        try list(open: "[", close: "]", depth: depth) { scanner throws(InvalidMessage) in
            elements.append(try scanner.value(depth: depth))
        }
        return elements
    }

    /// Checks and passes the next value. `depth` is that of what holds it.
    private mutating func value(depth: Int) throws(InvalidMessage) -> Token {
        skipSpace()
        let start = at
        switch peek {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "{"):
            _ = try object(depth: depth + 1)
            return Token(kind: .object, range: start..<at)
        case UInt8(ascii: "["):
            _ = try array(depth: depth + 1)
            return Token(kind: .array, range: start..<at)
        case UInt8(ascii: "t"): return try word("true", .boolean)
        case UInt8(ascii: "f"): return try word("false", .boolean)
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        default: throw .body("a JSON value")
        }
    }

    private mutating func list(
        open: Unicode.Scalar, close: Unicode.Scalar, depth: Int,
        element: (inout FlatJSONScanner) throws(InvalidMessage) -> Void
    ) throws(InvalidMessage) {
        guard depth <= Self.maximumDepth else { throw .body("at most \(Self.maximumDepth) levels of nesting") }
        guard take(open) else { throw .body("a JSON value") }
        skipSpace()
        if take(close) { return }
        while true {
            skipSpace()
            try element(&self)
            skipSpace()
            if take(close) { return }
            guard take(",") else { throw .body("a comma or the end of the list") }
        }
    }

    private mutating func string() throws(InvalidMessage) -> Token {
        at += 1
        let start = at
        var hasEscapes = false
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                defer { at += 1 }
                return Token(kind: .string, range: start..<at, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try passEscape()
            case 0..<0x20: throw .body("control characters in strings to be escaped")
            default: at += 1
            }
        }
        throw .body("a closing quote")
    }

    private mutating func passEscape() throws(InvalidMessage) {
        at += 1
        let kind = peek
        at += 1
        switch kind {
        case UInt8(ascii: "u"):
            let unit = try hexUnit()
            if (0xDC00...0xDFFF).contains(unit) { throw .body("no lone surrogate") }
            guard (0xD800...0xDBFF).contains(unit) else { return }
            guard take("\\"), take("u"), (0xDC00...0xDFFF).contains(try hexUnit()) else {
                throw .body("no lone surrogate")
            }
        case .some(let byte) where Self.simpleEscapes[byte] != nil: return
        default: throw .body("a known escape after each backslash")
        }
    }

    private mutating func hexUnit() throws(InvalidMessage) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Hexadecimal.value(byte) else {
                throw .body("four hexadecimal digits after \\u")
            }
            unit = unit << 4 | UInt16(digit)
            at += 1
        }
        return unit
    }

    private mutating func number() throws(InvalidMessage) -> Token {
        let start = at
        var kind = Token.Kind.integer
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") {
            kind = .fraction
            try digits()
        }
        if take("e") || take("E") {
            kind = .fraction
            if !take("+") { _ = take("-") }
            try digits()
        }
        return Token(kind: kind, range: start..<at)
    }

    private mutating func digits() throws(InvalidMessage) {
        let start = at
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { at += 1 }
        guard at > start else { throw .body("a number as JSON writes it") }
    }

    private mutating func word(_ word: StaticString, _ kind: Token.Kind) throws(InvalidMessage) -> Token {
        let start = at
        let length = word.utf8CodeUnitCount
        guard at + length <= end, word.withUTF8Buffer({ bytes[at..<at + length].elementsEqual($0) }) else {
            throw .body("a JSON value")
        }
        at += length
        return Token(kind: kind, range: start..<at)
    }

    // MARK: Bytes

    private var peek: UInt8? { at < end ? bytes[at] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard at < end, bytes[at] == UInt8(ascii: scalar) else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while at < end, bytes[at] == 0x20 || (0x09...0x0A).contains(bytes[at]) || bytes[at] == 0x0D { at += 1 }
    }
}

/// The names of an object's members. Few are compared one by one; many, which only a hostile body has, are hashed, so that the cost
/// stays linear.
private struct SeenNames {
    private static let few = 16
    private var many: Set<String> = []

    /// False when `name` is that of one of `members`, which are all that were inserted before.
    mutating func insert(_ name: String, after members: [FlatJSONScanner.Member]) -> Bool {
        guard members.count >= Self.few else { return !members.contains { $0.name == name } }
        if many.isEmpty { many = Set(members.map(\.name)) }
        return many.insert(name).inserted
    }
}

extension InvalidMessage {
    static func body(_ expected: String) -> InvalidMessage { InvalidMessage(.body, expected: expected) }
}
