import CLandmarks

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

    /// What it holds, at the places of the original.
    func findings(for purpose: Detector.Purpose) -> [Finding] {
        bytes.withUnsafeBufferPointer { Detector.plainFindings(in: $0, for: purpose) }
            .map { Finding(kind: $0.kind, range: origin(of: $0.range)) }
    }

    /// The bytes of the original that these became.
    private func origin(of range: Range<Int>) -> Range<Int> {
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

    /// Whether a picture begins at `index`: U+1F300 to U+1FAFF.
    @inline(__always)
    private static func isEmoji(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        guard text[index] == 0xF0, index + 4 <= text.count, text[index + 1] == 0x9F else { return false }
        return text[index + 2] >= 0x8C && text[index + 2] <= 0xAB
    }

    private static func firstLookAlike(in text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = text.baseAddress else { return nil }
        for block in stride(from: 0, to: text.count, by: 64) {
            var places = rz_doubtful_at(base, text.count, block)
            while places != 0 {
                let index = block &+ places.trailingZeroBitCount
                places &= places &- 1
                if isEmoji(text, index) { continue }
                let (scalar, _) = scalar(text, at: index)
                if scalar != LookAlike.emojiSelector, LookAlike.ascii(scalar) != nil { return index }
            }
        }
        return nil
    }
}
