/// Questions about one ASCII byte. Bytes of 0x80 and above belong to no class.
extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }
    var isUpper: Bool { self &- 0x41 < 26 }
    var isLower: Bool { self &- 0x61 < 26 }
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    var isAlphanumeric: Bool { isDigit || isLetter }
    /// A letter, a digit or an underscore.
    var isWord: Bool { isAlphanumeric || self == 0x5F }
    var isHex: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
    var isSpace: Bool { self == 0x20 || self &- 0x09 < 5 }
    var isQuote: Bool { self == 0x22 || self == 0x27 || self == 0x60 }
    /// A byte behind the first of a scalar of several bytes.
    var isContinuation: Bool { self & 0xC0 == 0x80 }
    /// Letters, digits and the signs that keys and tokens are written with.
    var isKeySign: Bool { isWord || self == 0x2D }
    /// Lower case of an ASCII letter; every other byte as it is.
    var lowered: UInt8 { isUpper ? self | 0x20 : self }

    /// Whether this is one of a few ASCII signs. Written out by the compiler, as a search through a string costs far more.
    @inline(__always)
    func isOne(of signs: StaticString) -> Bool {
        for place in 0..<signs.utf8CodeUnitCount where signs.utf8Start[place] == self { return true }
        return false
    }
}
