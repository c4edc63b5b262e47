/// A text with look-alikes read as what they look like, and where each byte came from.
///
/// Full-width and mathematical letters and digits become ASCII, as do digits of other scripts, the other dots, hyphens,
/// colons, slashes and spaces; what is not seen (zero-width characters, soft hyphens, marks of direction) goes.
struct FoldedText {
    private(set) var bytes: [UInt8] = []
    private var origins: [UInt32] = []
    /// How many bytes of the original each byte stands for.
    private var widths: [UInt8] = []

    /// Nil if the text holds nothing of the kind, which is found out without allocating.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let first = Self.firstLookAlike(in: text), text.count < Int(UInt32.max) else { return nil }
        bytes.reserveCapacity(text.count)
        origins.reserveCapacity(text.count)
        widths.reserveCapacity(text.count)
        for index in 0..<first { append(text[index], from: index) }
        var index = first
        while index < text.count {
            let byte = text[index]
            if byte < 0xC2 {
                append(byte, from: index)
                index += 1
                continue
            }
            let (scalar, length) = Self.scalar(text, at: index)
            if let ascii = LookAlike.ascii(scalar) {
                if ascii != LookAlike.unseen { append(ascii, from: index, width: length) }
            } else {
                for offset in 0..<length { append(text[index + offset], from: index + offset) }
            }
            index += length
        }
    }

    /// The bytes of the original that these became.
    func origin(of range: Range<Int>) -> Range<Int> {
        let last = range.upperBound - 1
        return Int(origins[range.lowerBound])..<(Int(origins[last]) + Int(widths[last]))
    }

    private mutating func append(_ byte: UInt8, from index: Int, width: Int = 1) {
        bytes.append(byte)
        origins.append(UInt32(truncatingIfNeeded: index))
        widths.append(UInt8(width))
    }

    static func scalar(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32, Int) {
        func next(_ offset: Int) -> UInt32 { index + offset < text.count ? UInt32(text[index + offset] & 0x3F) : 0 }
        let first = UInt32(text[index])
        let (scalar, length): (UInt32, Int) =
            switch first {
            case ..<0xE0: ((first & 0x1F) << 6 | next(1), 2)
            case ..<0xF0: ((first & 0x0F) << 12 | next(1) << 6 | next(2), 3)
            default: ((first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4)
            }
        return (scalar, min(length, text.count - index))
    }

    /// The length of a scalar whose first bytes tell that it looks like nothing else: letters of Latin, Greek, Cyrillic,
    /// Hebrew, ideographs, Hangul.
    @inline(__always)
    private static func plainLength(_ first: UInt8) -> Int? {
        switch first {
        case 0xC3...0xCC, 0xCE...0xD7: 2
        case 0xE4...0xE9, 0xEB...0xED: 3
        default: nil
        }
    }

    private static func firstLookAlike(in text: UnsafeBufferPointer<UInt8>) -> Int? {
        var index = 0
        let base = UnsafeRawPointer(text.baseAddress)
        while index < text.count {
            // Text is ASCII for the most part: sixteen bytes at a time.
            if let base, index + 16 <= text.count {
                let pair = (base + index).loadUnaligned(as: SIMD2<UInt64>.self)
                if (pair[0] | pair[1]) & 0x8080_8080_8080_8080 == 0 {
                    index += 16
                    continue
                }
            }
            let stop = min(index + 16, text.count)
            while index < stop {
                let byte = text[index]
                if byte < 0xC2 {
                    index += 1
                    continue
                }
                if let length = plainLength(byte) {
                    index += length
                    continue
                }
                let (scalar, length) = scalar(text, at: index)
                if scalar != LookAlike.emojiSelector, LookAlike.ascii(scalar) != nil { return index }
                index += length
            }
        }
        return nil
    }
}
