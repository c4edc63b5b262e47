/// Which characters can be an IBAN (ISO 13616).
enum AccountNumber {
    /// Country and total length, from SWIFT's registry of IBANs and, in the last lines, from the central banks of countries
    /// that use the form without being in it.
    private static let lengths: [UInt8] = {
        let table = """
            ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 de22 dj27 dk18 do28 ee20 eg29 es24 \
            fi18 fk18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hn28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28 lc32 \
            li21 lt20 lu20 lv21 ly25 mc27 md24 me22 mk19 mn20 mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 pl28 ps29 pt25 qa29 ro24 \
            rs22 ru33 sa24 sc31 sd18 se24 si19 sk24 sm27 so23 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 ye30 \
            dz26 ao25 bj28 bf28 cm27 cv25 cf27 td27 km27 cg27 ci28 gq27 ga27 gw25 ir26 mg27 ml28 ma28 mz25 ne28 sn28 tg28
            """
        var lengths = [UInt8](repeating: 0, count: 26 * 26)
        for entry in table.utf8.split(separator: 0x20) {
            let bytes = Array(entry)
            lengths[place(bytes[0], bytes[1])] = (bytes[2] & 0x0F) * 10 + (bytes[3] & 0x0F)
        }
        return lengths
    }()

    private static func place(_ first: UInt8, _ second: UInt8) -> Int {
        Int(first.lowered - 0x61) * 26 + Int(second.lowered - 0x61)
    }

    /// The length of a country's numbers. Both bytes must be letters.
    static func length(country first: UInt8, _ second: UInt8) -> Int? {
        let length = Int(lengths[place(first, second)])
        return length == 0 ? nil : length
    }

    /// Of a country that is not in the list, or uses another length: up to what ISO 13616 allows.
    static let otherLengths = 14...34

    /// The remainder modulo 97 that must be 1, with the first four characters moved to the end.
    struct Check {
        private var remainder = 0
        private var head: UInt64 = 0

        mutating func take(_ byte: UInt8, isHead: Bool) {
            if isHead { head = head << 8 | UInt64(byte) } else { add(byte) }
        }

        private mutating func add(_ byte: UInt8) {
            if byte.isDigit {
                remainder = (remainder * 10 + Int(byte & 0x0F)) % 97
            } else {
                remainder = (remainder * 100 + Int(byte.lowered) - 0x61 + 10) % 97
            }
        }

        var isRight: Bool {
            var whole = self
            for shift in stride(from: 24, through: 0, by: -8) {
                whole.add(UInt8(truncatingIfNeeded: head >> UInt64(shift)))
            }
            return whole.remainder == 1
        }
    }
}
