/// Text about a person: a tweet, a name, an address. Printing, reflecting and dumping give `[personal]`.
///
/// It cannot be encoded; whoever must store or hand it over says so with `reveal()` or `withValue`.
public struct Personal<Value: Sendable>: Sendable {
    private let value: Value

    public init(_ value: Value) { self.value = value }

    public func reveal() -> Value { value }

    public func withValue<Result>(_ body: (Value) throws -> Result) rethrows -> Result { try body(value) }
}

extension Personal: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "[personal]" }
    public var debugDescription: String { "[personal]" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Personal: Decodable where Value: Decodable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Value.self))
    }
}

extension Personal: Equatable where Value: Equatable {}
extension Personal: Hashable where Value: Hashable {}
