/// A user of the product. It prints masked (`***3456`), however it is printed: by interpolation, in a collection, by
/// `dump`. The whole id is in `rawValue`, for queries and message bodies only.
public struct UserID: Hashable, Sendable {
    public let rawValue: String

    /// Nil unless `rawValue` has 1 to 128 bytes and neither white space nor control or format characters: those would
    /// make two ids look alike to a person, or break a log line.
    public init?(_ rawValue: String) {
        guard (1...128).contains(rawValue.utf8.count) else { return nil }
        let isPlain = rawValue.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPlain || rawValue.unicodeScalars.allSatisfy(Self.isAllowed) else { return nil }
        self.rawValue = rawValue
    }

    /// `***` and the last four characters; an id of four or fewer shows none of them.
    public var masked: String { rawValue.count > 4 ? "***" + rawValue.suffix(4) : "***" }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value > 0x20 && scalar.value != 0x7F }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned: return false
        default: return !properties.isWhitespace
        }
    }
}

extension UserID: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { masked }
    public var debugDescription: String { masked }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
