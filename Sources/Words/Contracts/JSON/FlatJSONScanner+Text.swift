extension FlatJSONScanner {
    static let simpleEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "/"): UInt8(ascii: "/"),
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D,
        UInt8(ascii: "t"): 0x09,
    ]

    /// The text of a string token. The scanner has checked every escape, so nothing here can fail.
    static func text(of token: Token, in bytes: [UInt8]) -> String {
        guard token.hasEscapes else { return String(decoding: bytes[token.range], as: UTF8.self) }
        var text: [UInt8] = []
        text.reserveCapacity(token.range.count)
        var at = token.range.lowerBound
        while at < token.range.upperBound {
            guard bytes[at] == UInt8(ascii: "\\") else {
                text.append(bytes[at])
                at += 1
                continue
            }
            if let plain = simpleEscapes[bytes[at + 1]] {
                text.append(plain)
                at += 2
                continue
            }
            var units = [unit(at: at + 2, in: bytes)]
            at += 6
            if (0xD800...0xDBFF).contains(units[0]) {
                units.append(unit(at: at + 2, in: bytes))
                at += 6
            }
            text.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func unit(at start: Int, in bytes: [UInt8]) -> UInt16 {
        bytes[start..<start + 4].reduce(0) { $0 << 4 | UInt16(Hexadecimal.value($1) ?? 0) }
    }
}
