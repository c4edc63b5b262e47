/// IP addresses: four numbers (RFC 791), or groups of hexadecimal digits (RFC 4291 §2.2, RFC 4007 §11 for zones).
extension Detector {
    /// An address that begins with the digit at `start`.
    mutating func ip4(at start: Int) -> Bool {
        let before = byte(start - 1)
        if before == 0x2E, left(start - 2).isAlphanumeric || left(start - 2) == 0x2E { return false }
        if before == 0x2F, isProduct(before: start - 1) { return false }
        if before == 0x2D, byte(start - 2).isLetter, byte(start + 1) == 0x2E { return false }  // python-3.9.1.2
        guard let end = ip4End(from: start), !byte(end).isWord else { return false }
        if isVersion(before: start) {
            isUnsettled = true
            return false
        }
        if byte(end) == 0x2E, byte(end + 1).isDigit { return false }
        if isRevised(end) { return false }
        found(.ip, start..<end)
        return true
    }

    /// The end of four numbers of 0 to 255.
    func ip4End(from start: Int) -> Int? {
        var index = start
        for part in 0..<4 {
            var value = 0
            let first = index
            while byte(index).isDigit, index - first < 4 {
                value = value * 10 + Int(text[index] & 0x0F)
                index += 1
            }
            guard index > first, index - first <= 3, value < 256 else { return nil }
            if part < 3 {
                guard byte(index) == 0x2E else { return nil }
                index += 1
            }
        }
        return index
    }

    /// Four numbers of base 16 or 8, as `inet_aton` reads them (POSIX): `0x7f.0.0.1`, `0177.0000.0000.0001`.
    mutating func rareIP4(at start: Int) -> Bool {
        var index = start
        for part in 0..<4 {
            let first = index
            let isHex = byte(first) == 0x30 && byte(first + 1) | 0x20 == 0x78
            let digits = isHex ? first + 2 : first
            index = digits
            while isHex ? byte(index).isHex : byte(index).isDigit, index - digits < 4 { index += 1 }
            guard index > digits,
                let value = Int(
                    String(decoding: slice(digits..<index), as: UTF8.self),
                    radix: isHex ? 16 : byte(first) == 0x30 ? 8 : 10),
                value < 256
            else { return false }
            if part < 3 {
                guard byte(index) == 0x2E else { return false }
                index += 1
            }
        }
        guard !byte(index).isWord, byte(start - 1) != 0x2E, byte(index) != 0x2E || !byte(index + 1).isDigit else {
            return false
        }
        found(.ip, start..<index)
        return true
    }

    /// `Chrome/120.0.0.0`, and not `host/10.0.0.1`: whether the word that ends at `slash` is a product's name.
    private func isProduct(before slash: Int) -> Bool {
        let word = self.start(before: slash, limit: 32) { $0.isWord || $0 == 0x2D }
        return word < slash && text[word].isUpper
    }

    /// `version 1.2.3.4`, `§ 1.2.3.4`, `versions 1.2.3.4 to 1.2.3.5`: among the few words before, over words that only bind.
    private func isVersion(before start: Int) -> Bool {
        var index = start
        for place in 0..<4 {
            let end = index
            while index > 0, byte(index - 1) == 0x20 || byte(index - 1).isOne(of: "=:\"'#(/"), end - index < 4 {
                index -= 1
            }
            if stands("§", at: index - 2) { return true }
            if byte(index - 1) == 0x2E { index -= 1 }
            let word = self.start(before: index, limit: 16) { $0.isLetter }
            if word < index {
                if index - word > 7, reads("version", at: index - 7) { return true }
                switch Self.versionWords(slice(word..<index)) {
                case Self.version: return true
                case Self.change: return place > 0
                case Self.bond: break
                default: return false
                }
                index = word
            } else {
                // Another one, which the words before are said of too.
                let number = self.start(before: index, limit: 15) { $0.isDigit || $0 == 0x2E }
                guard place > 0, number < index else { return false }
                index = number
            }
        }
        return false
    }

    private static let (version, change, bond): (UInt8, UInt8, UInt8) = (1, 2, 3)
    private static let versionWords = WordTable([
        (
            version,
            "version versions ver v rv rev revision release build firmware fw section sec chapter clause paragraph article oid patch"
        ),
        (
            version,
            "kernel driver sdk update chrome chromium firefox safari edge opera python java node ios android windows nginx openssl"
        ),
        (change, "upgraded upgrade upgrading upgrades downgraded downgrade bump bumped bumps"),
        (bond, "is was number no and to or from"),
    ])

    /// `1.2.3.4-beta`, `1.2.3.4-1ubuntu2`, `(1.2.3.4-1)`: the revision of a package behind its version.
    private func isRevised(_ end: Int) -> Bool {
        if byte(end) == 0x2B { return byte(end + 1).isLetter }  // 24.3.4.5+dfsg-1
        guard byte(end) == 0x2D else { return false }
        let digits = self.end(from: end + 1, limit: 4) { $0.isDigit }
        let next = byte(digits)
        return next.isLetter || next == 0x2B || next == 0x7E || (next == 0x29 && digits > end + 1)
    }

    // MARK: IPv6

    /// An address whose first or second colon is at `colon`.
    mutating func ip6(at colon: Int) -> Bool {
        var start = colon
        while byte(start - 1).isHex, colon - start < 5 { start -= 1 }
        guard colon - start <= 4 else { return false }
        if start == colon {
            // `::1`, seen from its first colon.
            guard byte(colon + 1) == 0x3A, !byte(start - 1).isWord, byte(start - 1) != 0x3A else { return false }
        } else {
            guard byte(colon + 1) == 0x3A || byte(colon + 1).isHex else { return false }
            if isEscape(start), start < colon { start += 1 }
            guard !isInsideWord(start), byte(start - 1) != 0x3A, start >= foundEnd, byte(start - 1) != 0x2E else {
                return false
            }
        }
        guard let address = IP6(text, from: start), isPlausible(address) else { return false }
        found(.ip, start..<address.end)
        return true
    }

    /// Whether groups that read as an address are one, rather than a scope, a slice, a fingerprint or a face.
    private func isPlausible(_ address: IP6) -> Bool {
        let after = byte(address.end)
        guard !after.isWord, !(after == 0x3A && byte(address.end + 1) == 0x3A) else { return false }
        guard !(after == 0x3A && byte(address.end + 1).isHex && !isInBrackets(address)) else { return false }
        if address.isLoopback {
            return
                !(byte(address.start - 1) == 0x5B
                && (byte(address.start - 2).isWord || byte(address.start - 2) == 0x29))
        }
        guard address.hasGap else { return !address.areOctets }
        if address.groups == 0 { return false }
        if byte(address.start - 1) == 0x5B, byte(address.start - 2).isWord { return false }  // x[1::2]
        // `a::b` is a name in some language far more often than an address.
        if !address.hasDigit { return address.groups >= 3 || address.areFours && standsApart(address) }
        if address.groups >= 3 || address.longest >= 3 { return true }
        if address.groups == 2, text[address.start] == 0x3A { return true }
        // `1::`, `::8`, `1::8`; not a time such as `10::30`.
        return standsApart(address) && !(address.groups == 2 && address.end - address.start > 4)
    }

    /// Whether blanks or the punctuation of a sentence stand around.
    private func standsApart(_ address: IP6) -> Bool {
        let (before, after) = (byte(address.start - 1), byte(address.end))
        let opens = address.start == 0 || before.isSpace || before == 0x28
        return opens && (address.end == text.count || after.isSpace || after.isOne(of: ".,;!?)/"))
    }

    private func isInBrackets(_ address: IP6) -> Bool { byte(address.start - 1) == 0x5B && byte(address.end) == 0x5D }
}

/// Eight groups of up to four hexadecimal digits, or fewer around one `::`; the last two may be written as four numbers.
struct IP6 {
    let start: Int
    private(set) var end: Int
    private(set) var groups = 0
    private(set) var hasGap = false
    private(set) var hasDigit = false
    private(set) var longest = 0
    /// Eight pairs, one at least with a leading zero: a hardware address of 64 bits.
    private(set) var areOctets = true
    /// Two groups of four letters: `dead::beef`.
    private(set) var areFours = true
    private(set) var isLoopback = false

    init?(_ text: UnsafeBufferPointer<UInt8>, from start: Int) {
        func byte(_ index: Int) -> UInt8 { index >= 0 && index < text.count ? text[index] : 0 }
        self.start = start
        end = start
        var index = start
        var hasZero = false
        if byte(index) == 0x3A {
            guard byte(index + 1) == 0x3A else { return nil }
            hasGap = true
            index += 2
            end = index
        }
        while groups < 8, byte(index).isHex {
            let first = index
            while byte(index).isHex, index - first < 5 {
                if text[index].isDigit { hasDigit = true }
                index += 1
            }
            if byte(index) == 0x2E, groups <= 6, let tail = Self.dottedEnd(text, first) {
                groups += 2
                hasDigit = true
                areOctets = false
                end = tail
                break
            }
            guard index - first <= 4 else { return nil }
            if index - first != 2 { areOctets = false }
            if index - first != 4 { areFours = false }
            if text[first] == 0x30, index - first == 2 { hasZero = true }
            longest = max(longest, index - first)
            groups += 1
            end = index
            guard byte(index) == 0x3A else { break }
            if byte(index + 1) == 0x3A {
                guard !hasGap else { return nil }
                hasGap = true
                index += 2
                end = index
            } else {
                index += 1
            }
        }
        guard hasGap ? groups <= 7 : groups == 8 else { return nil }
        areOctets = areOctets && hasZero && groups == 8
        areFours = areFours && groups == 2
        isLoopback = hasGap && groups == 1 && end == start + 3 && byte(start + 2) == 0x31 && byte(start) == 0x3A
        if byte(end) == 0x25 { end = Self.zoneEnd(text, end) }
    }

    private static func dottedEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        var index = start
        for part in 0..<4 {
            let first = index
            var value = 0
            while index < text.count, text[index].isDigit, index - first < 4 {
                value = value * 10 + Int(text[index] & 0x0F)
                index += 1
            }
            guard index > first, value < 256 else { return nil }
            if part < 3 {
                guard index < text.count, text[index] == 0x2E else { return nil }
                index += 1
            }
        }
        return index
    }

    /// `%eth0`, and `%25eth0` as URLs write it.
    private static func zoneEnd(_ text: UnsafeBufferPointer<UInt8>, _ percent: Int) -> Int {
        var index = percent + 1
        while index < text.count, text[index].isWord || text[index] == 0x2D || text[index] == 0x2E, index - percent < 20
        {
            index += 1
        }
        while index > percent, text[index - 1] == 0x2E { index -= 1 }
        return index > percent + 1 ? index : percent
    }
}
