/// A command with its arguments, as the bytes that go over the wire (RESP). Arguments are counted, never quoted or parsed,
/// so any byte may stand in them. Prints only its name.
public struct RedisCommand: Sendable {
    /// In capitals.
    public let name: String
    let encoded: [UInt8]

    /// `name` is one word; a subcommand is the first argument: `RedisCommand("CLIENT", "SETNAME", "x")`.
    public init(_ name: String, _ arguments: RedisArgument...) {
        self.init(name, arguments: arguments)
    }

    public init(_ name: String, arguments: [RedisArgument]) {
        self.name = name.uppercased()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(arguments.reduce(32) { $0 + $1.bytes.count + 16 })
        Self.append("*", arguments.count + 1, to: &bytes)
        for argument in [RedisArgument(self.name)] + arguments {
            Self.append("$", argument.bytes.count, to: &bytes)
            bytes.append(contentsOf: argument.bytes)
            bytes.append(contentsOf: Self.lineEnd)
        }
        encoded = bytes
    }

    /// These change what the replies that follow belong to, or block the shared connection.
    var isUnsupported: Bool { Self.unsupported.contains(name) }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    private static let unsupported: Set<String> = [
        "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "SYNC", "PSYNC", "QUIT", "RESET", "HELLO", "AUTH", "SELECT",
        "MULTI", "EXEC", "WATCH", "BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH", "BZPOPMIN", "BZPOPMAX", "BZMPOP",
        "WAIT",
    ]

    private static func append(_ mark: Unicode.Scalar, _ count: Int, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: mark))
        bytes.append(contentsOf: String(count).utf8)
        bytes.append(contentsOf: lineEnd)
    }
}

extension RedisCommand: CustomStringConvertible, CustomReflectable {
    public var description: String { name }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// One argument: text, a number or bytes.
public struct RedisArgument: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ text: String) { bytes = Array(text.utf8) }
    public init(_ number: Int) { bytes = Array(String(number).utf8) }
    public init(stringLiteral value: String) { self.init(value) }
    public init(integerLiteral value: Int) { self.init(value) }
}
