/// The name of an object: words of letters, digits, `.`, `_` and `-` with slashes between them, at most 512 bytes. No word
/// begins with a dot, so that a key can neither climb out of a folder nor meet what a store hides there.
public struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: String

    public init?(_ rawValue: String) {
        guard Self.isWellFormed(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    public var description: String { rawValue }

    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }

    /// A prefix is empty or a key with a slash behind it.
    static func isPrefix(_ text: String) -> Bool {
        text.isEmpty || (text.hasSuffix("/") && isWellFormed(String(text.dropLast())))
    }

    private static func isWellFormed(_ text: String) -> Bool {
        (1...512).contains(text.utf8.count)
            && text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { word in
                (1...200).contains(word.count) && word.first != UInt8(ascii: ".") && word.allSatisfy(isPlain)
            }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
