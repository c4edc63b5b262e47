/// IP addresses: four numbers (RFC 791), or groups of hexadecimal digits (RFC 4291 §2.2, RFC 4007 §11 for zones).
extension Detector {
    /// An address that begins with the digit at `start`.
    mutating func ip4(at start: Int) -> Bool {
        let before = byte(start - 1)
        if before == 0x2E, byte(start - 2).isAlphanumeric || byte(start - 2) == 0x2E { return false }
        if before == 0x2F, isProduct(before: start - 1) { return false }
        if before == 0x2D, byte(start - 2).isLetter, byte(start + 1) == 0x2E { return false }  // python-3.9.1.2
        guard let end = ip4End(from: start), !byte(end).isWord else { return false }
        if isVersion(before: start) {
            isUnsettled = true
            return false
        }
        if byte(end) == 0x2E, byte(end + 1).isDigit { return false }
        if byte(end) == 0x2D, byte(end + 1).isLetter { return false }  // 1.2.3.4-beta
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

    /// `Chrome/120.0.0.0`, and not `host/10.0.0.1`: whether the word that ends at `slash` is a product's name.
    private func isProduct(before slash: Int) -> Bool {
        let word = self.start(before: slash, limit: 32) { $0.isWord || $0 == 0x2D }
        return word < slash && text[word].isUpper
    }

    /// `version 1.2.3.4`, `§ 1.2.3.4`.
    private func isVersion(before start: Int) -> Bool {
        var index = start
        while index > 0, byte(index - 1) == 0x20 || "=:\"'#(".utf8.contains(byte(index - 1)), start - index < 4 {
            index -= 1
        }
        if stands("§", at: index - 2) { return true }
        if byte(index - 1) == 0x2E { index -= 1 }
        let word = self.start(before: index, limit: 16) { $0.isLetter }
        return Self.versionWords(slice(word..<index)) != 0
    }

    private static let versionWords = WordTable([
        (
            1,
            "version versions ver v rv rev revision release build firmware fw section sec chapter clause paragraph article oid patch"
        ),
        (1, "kernel driver sdk update"),
    ])

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
        // `a::b` is a name in some language far more often than an address.
        if !address.hasDigit { return address.groups >= 3 }
        if address.groups == 1 { return address.longest >= 3 }
        if byte(address.start - 1) == 0x5B, byte(address.start - 2).isWord { return false }  // x[1::2]
        return address.groups >= 3 || address.longest >= 3 || text[address.start] == 0x3A
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
