/// A value that must not be shown: a key, a password, a token.
///
/// Printing, interpolating, reflecting and dumping give `***`. It cannot be encoded; whoever must write it out says so with
/// `reveal()` or `withValue`.
public struct Secret<Value: Sendable>: Sendable {
    private let value: Value

    public init(_ value: Value) { self.value = value }

    public func reveal() -> Value { value }

    public func withValue<Result>(_ body: (Value) throws -> Result) rethrows -> Result { try body(value) }
}

public typealias SecretString = Secret<String>

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Decodable where Value: Decodable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Value.self))
    }
}

extension Secret: Equatable where Value == String {
    /// Takes the same time wherever the first difference lies. The lengths are not hidden.
    public static func == (left: Self, right: Self) -> Bool {
        let (left, right) = (Array(left.value.utf8), Array(right.value.utf8))
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}

extension Secret: ExpressibleByUnicodeScalarLiteral where Value == String {}
extension Secret: ExpressibleByExtendedGraphemeClusterLiteral where Value == String {}
extension Secret: ExpressibleByStringLiteral where Value == String {
    public init(stringLiteral value: String) { self.init(value) }
}
