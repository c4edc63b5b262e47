/// Text from outside, made fit for a database column, a JSON string and a terminal.
public enum HarmlessText {
    /// Line ends and tabs become spaces, other control and format characters U+FFFD (a terminal obeys the first, a
    /// reader is misled by the second); at most `maximumBytes`, cut between characters.
    public static func cleaned(_ text: String, maximumBytes: Int) -> String {
        var scalars = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            let harmless = replacement(for: scalar) ?? scalar
            count += UTF8.width(harmless)
            guard count <= maximumBytes else { break }
            scalars.append(harmless)
        }
        return String(scalars)
    }

    /// A word of our own kind: 1 to 64 letters, digits and `_ . : + -`, all ASCII.
    static func isCode(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "_.:+-".utf8.contains(byte)
                }
            }
    }

    private static func replacement(for scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if (0x20...0x7E).contains(scalar.value) { return nil }
        switch scalar.properties.generalCategory {
        case .control: return ["\n", "\r", "\t"].contains(scalar) ? " " : "\u{FFFD}"
        case .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return "\u{FFFD}"
        default: return nil
        }
    }
}
