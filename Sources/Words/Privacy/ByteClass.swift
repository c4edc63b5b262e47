/// Questions about one ASCII byte. Bytes of 0x80 and above belong to no class.
extension UInt8 {
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isUpper: Bool { self >= 0x41 && self <= 0x5A }
    var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    var isAlphanumeric: Bool { isDigit || isLetter }
    /// A letter, a digit or an underscore.
    var isWord: Bool { isAlphanumeric || self == 0x5F }
    var isHex: Bool { isDigit || ((self | 0x20) >= 0x61 && (self | 0x20) <= 0x66) }
    var isSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
    var isQuote: Bool { self == 0x22 || self == 0x27 || self == 0x60 }
    /// Lower case of an ASCII letter; every other byte as it is.
    var lowered: UInt8 { isUpper ? self | 0x20 : self }
}
