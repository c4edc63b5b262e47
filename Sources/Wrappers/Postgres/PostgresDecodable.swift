public import FoundationEssentials

/// A Swift type that a column can be read as.
///
/// A `RawRepresentable` type gets its conformance for free: `extension Tier: PostgresDecodable {}`.
public protocol PostgresDecodable {
    /// Nil if the text is not a value of this type.
    static func decode(_ cell: PostgresCell) -> Self?
    /// What NULL is read as. Nil, the default, makes NULL an error.
    static var postgresNull: Self? { get }
}

extension PostgresDecodable {
    public static var postgresNull: Self? { nil }
}

/// One value of a row, valid only during `decode`.
public struct PostgresCell {
    let bytes: UnsafeBufferPointer<UInt8>
    let type: UInt32

    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    public static func decode(_ cell: PostgresCell) -> Self? { RawValue.decode(cell).flatMap { Self(rawValue: $0) } }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    public static func decode(_ cell: PostgresCell) -> Wrapped?? {
        // A value that does not fit stays an error; it must not turn into nil.
        Wrapped.decode(cell).map { .some($0) }
    }

    public static var postgresNull: Wrapped?? { .some(.none) }
}

extension String: PostgresDecodable {
    public static func decode(_ cell: PostgresCell) -> String? { cell.text }
}

extension JSONText: PostgresDecodable {
    public static func decode(_ cell: PostgresCell) -> JSONText? { JSONText(rawValue: cell.text) }
}

extension PostgresDecodable where Self: FixedWidthInteger {
    public static func decode(_ cell: PostgresCell) -> Self? {
        var digits = cell.bytes[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return nil }
        var value: Self = 0
        for byte in digits {
            guard byte &- 0x30 < 10 else { return nil }
            let (product, first) = value.multipliedReportingOverflow(by: 10)
            let digit = Self(byte - 0x30)
            // Counts downwards for negative numbers, since the smallest one has no positive twin.
            let (sum, second) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !first, !second else { return nil }
            value = sum
        }
        return value
    }
}

extension Int: PostgresDecodable {}
extension Int64: PostgresDecodable {}
extension Int32: PostgresDecodable {}

extension Double: PostgresDecodable {
    public static func decode(_ cell: PostgresCell) -> Double? { Double(cell.text) }
}

extension Bool: PostgresDecodable {
    public static func decode(_ cell: PostgresCell) -> Bool? {
        guard cell.bytes.count == 1 else { return nil }
        switch cell.bytes[0] {
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        default: return nil
        }
    }
}

extension UUID: PostgresDecodable {
    public static func decode(_ cell: PostgresCell) -> UUID? { UUID(uuidString: cell.text) }
}

extension Date: PostgresDecodable {
    /// Reads `timestamptz`, `timestamp` (as UTC) and `date`. `infinity` is no date: read it as `String`.
    public static func decode(_ cell: PostgresCell) -> Date? { (try? PostgresTimestamp(parsing: cell.bytes))?.date }
}

/// An element type whose arrays can be read. An array of `UInt8` is a `bytea`.
public protocol PostgresArrayDecodable: PostgresDecodable {
    static func decodeArray(_ cell: PostgresCell) -> [Self]?
}

extension PostgresArrayDecodable {
    public static func decodeArray(_ cell: PostgresCell) -> [Self]? {
        guard let elements = PostgresArrayLiteral.parse(cell.bytes) else { return nil }
        var values: [Self] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            let value = element.map { bytes in
                bytes.withUnsafeBufferPointer { decode(PostgresCell(bytes: $0, type: 0)) }
            }
            guard let found = value ?? postgresNull else { return nil }
            values.append(found)
        }
        return values
    }
}

extension Array: PostgresDecodable where Element: PostgresArrayDecodable {
    public static func decode(_ cell: PostgresCell) -> [Element]? { Element.decodeArray(cell) }
}

extension String: PostgresArrayDecodable {}
extension Int: PostgresArrayDecodable {}
extension Int64: PostgresArrayDecodable {}
extension Double: PostgresArrayDecodable {}
extension Bool: PostgresArrayDecodable {}
extension Date: PostgresArrayDecodable {}
extension Optional: PostgresArrayDecodable where Wrapped: PostgresArrayDecodable {}

extension UInt8: PostgresArrayDecodable {
    private static let byteaType: UInt32 = 17

    /// Reads PostgreSQL's hex form, `\x0aff`.
    public static func decodeArray(_ cell: PostgresCell) -> [UInt8]? {
        let text = cell.bytes
        guard cell.type == byteaType, text.count >= 2, text.count.isMultiple(of: 2) else { return nil }
        guard text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        for index in stride(from: 2, to: text.count, by: 2) {
            guard let high = nibble(text[index]), let low = nibble(text[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    public static func decode(_ cell: PostgresCell) -> UInt8? { nil }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
