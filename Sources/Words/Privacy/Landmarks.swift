/// The bytes at which something personal can be recognised, looked for eight at a time in one machine word.
///
/// A landmark is rare in plain text: the first digit of a run, `@`, `:`, `=`, the first two of some hyphens, and, for text
/// that leaves the house, a `.` inside a word. Keys without any of them betray themselves by their length: a run of fifteen
/// or more signs covers eight that lie together in memory.
struct Landmarks {
    /// The highest bit of each byte that is a landmark; the first byte is the lowest.
    let marks: UInt64
    /// Whether these eight bytes are nothing but letters, digits and the signs that bind words together.
    let isBound: Bool

    /// `before` and `after` are the same eight bytes seen one place to the left and to the right.
    @inline(__always)
    init(_ here: UInt64, before: UInt64, after: UInt64, dots: Bool) {
        let plain = here & Self.low
        let plainBefore = before & Self.low
        let plainAfter = after & Self.low
        let isDigit = Self.reaches(0x30, plain) & ~Self.reaches(0x3A, plain)
        let isDigitBefore = Self.reaches(0x30, plainBefore) & ~Self.reaches(0x3A, plainBefore) & ~before
        let isHyphen = Self.equals(0x2D, plain) & Self.equals(0x2D, plainAfter) & ~after
        var marks = isDigit & ~isDigitBefore
        marks |= Self.equals(0x3A, plain) | Self.equals(0x3D, plain) | Self.equals(0x40, plain)
        marks |= isHyphen & ~(Self.equals(0x2D, plainBefore) & ~before)
        if dots {
            let isAfter = Self.reaches(0x41, plainAfter) | after
            let isBefore = Self.reaches(0x30, plainBefore) | before
            marks |= Self.equals(0x2E, plain) & isAfter & isBefore
        }
        self.marks = marks & ~here & Self.high
        isBound = (Self.reaches(0x2D, plain) & ~here) & Self.high == Self.high
    }

    private static let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    private static let high: UInt64 = 0x8080_8080_8080_8080
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// The highest bit of each byte that is `bound` or more. No byte may have it already, so that none carries over.
    @inline(__always)
    private static func reaches(_ bound: UInt64, _ plain: UInt64) -> UInt64 { plain &+ (0x80 - bound) &* ones }

    /// The highest bit of each byte that is `value`.
    @inline(__always)
    private static func equals(_ value: UInt64, _ plain: UInt64) -> UInt64 { ~((plain ^ value &* ones) &+ low) }
}
