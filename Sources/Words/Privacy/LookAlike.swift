/// Characters that stand for an ASCII one, or for none.
enum LookAlike {
    /// What is not seen: zero-width characters, soft hyphens, marks of direction, variation selectors.
    static let unseen: UInt8 = 0
    /// Asks for the colourful form of the sign before it; so common that it alone makes no text suspicious.
    static let emojiSelector: UInt32 = 0xFE0F

    /// The ASCII byte that a scalar stands for, `unseen`, or nil for one that stands for itself.
    static func ascii(_ scalar: UInt32) -> UInt8? {
        switch scalar {
        case ..<0x2000: early(scalar)
        case 0x2000...0x2FFF: punctuation(scalar)
        case 0x3002: UInt8(ascii: ".")
        case 0x3000: 0x20
        case 0x3164: unseen
        case 0x3001..<0xA789: nil
        case 0xA789: UInt8(ascii: ":")
        case 0xFE00...0xFE0F, 0xFEFF, 0xFFA0: unseen
        case 0xFE52: UInt8(ascii: ".")
        case 0xFE55: UInt8(ascii: ":")
        case 0xFE58, 0xFE63: UInt8(ascii: "-")
        case 0xFE6B: UInt8(ascii: "@")
        case 0xFF01...0xFF5E: UInt8(truncatingIfNeeded: scalar - 0xFEE0)
        case 0xFF61: UInt8(ascii: ".")
        case 0x1D400...0x1D6A3: mathematical(scalar)
        case 0x1D7CE...0x1D7FF: 0x30 + UInt8((scalar - 0x1D7CE) % 10)
        case 0x1F130...0x1F149: 0x41 + UInt8(scalar - 0x1F130)
        case 0x1FBF0...0x1FBF9: 0x30 + UInt8(scalar - 0x1FBF0)
        case 0xE0001...0xE007F: unseen
        default: nil
        }
    }

    /// Below U+2000: soft hyphen, no-break space, and the digits of other scripts.
    private static func early(_ scalar: UInt32) -> UInt8? {
        switch scalar {
        case 0xA0: return 0x20
        case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180E: return unseen
        case ..<0x660: return nil
        case 0x660...0x669, 0x6F0...0x6F9, 0x7C0...0x7C9: return 0x30 + UInt8((scalar & 0xF) % 10)
        case 0x966..<0xDF0:
            // Ten digits from …66 or …E6 in each of the scripts of India.
            let place = scalar & 0x7F
            return (0x66...0x6F).contains(place) ? 0x30 + UInt8(place - 0x66) : nil
        case 0xE50...0xE59, 0xED0...0xED9: return 0x30 + UInt8(scalar & 0xF)
        case 0xF20...0xF29, 0x1040...0x1049, 0x1090...0x1099, 0x17E0...0x17E9, 0x1810...0x1819:
            return 0x30 + UInt8(scalar & 0xF)
        default: return nil
        }
    }

    /// General punctuation, minus and fraction signs, and letters in circles.
    private static func punctuation(_ scalar: UInt32) -> UInt8? {
        switch scalar {
        case 0x2000...0x200A, 0x202F, 0x205F: 0x20
        case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0x20E3: unseen
        case 0x2010...0x2013, 0x2212, 0x2043: UInt8(ascii: "-")
        case 0x2024: UInt8(ascii: ".")
        case 0x2044, 0x2215: UInt8(ascii: "/")
        case 0x2236: UInt8(ascii: ":")
        case 0x24B6...0x24CF: 0x41 + UInt8(scalar - 0x24B6)
        case 0x24D0...0x24E9: 0x61 + UInt8(scalar - 0x24D0)
        default: nil
        }
    }

    /// Bold, italic, script and other alphabets for formulas: each has its capitals and then its small letters.
    private static func mathematical(_ scalar: UInt32) -> UInt8 {
        let place = UInt8((scalar - 0x1D400) % 52)
        return place < 26 ? 0x41 + place : 0x61 + place - 26
    }
}
