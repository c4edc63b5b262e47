/// The validator's eyes: goes from landmark to landmark (an `@`, a `.`, a digit, a known prefix) and asks what stands around.
struct PersonalLookout {
    let text: UnsafeBufferPointer<UInt8>

    func first() -> (kind: PersonalKind, offset: Int)? {
        for index in text.indices {
            if let kind = kind(at: index) { return (kind, index) }
        }
        return nil
    }

    private func kind(at index: Int) -> PersonalKind? {
        switch text[index] {
        case UInt8(ascii: "@"): return atSign(index, width: 1)
        case 0xEF: return after(index + 1) == 0xBC && after(index + 2) == 0xA0 ? atSign(index, width: 3) : nil
        case UInt8(ascii: "."): return isDomainDot(index) ? .url : nil
        case UInt8(ascii: ":"): return colon(index)
        case UInt8(ascii: "+"): return spread(from: index + 1).digits >= 7 ? .phone : nil
        case 0x30...0x39: return isNameByte(before(index)) ? nil : digits(index)
        case 0x41...0x5A, 0x61...0x7A: return isNameByte(before(index)) ? nil : opening(index)
        default: return nil
        }
    }

    // MARK: Signs

    private func atSign(_ index: Int, width: Int) -> PersonalKind? {
        let next = index + width
        if !isNameByte(before(index)) { return isNameByte(after(next)) ? .user : nil }
        guard isNameByte(after(next)) else { return nil }
        var dot = next
        while isNameByte(after(dot)) || after(dot) == UInt8(ascii: "-") { dot += 1 }
        let hasTop = after(dot) == UInt8(ascii: ".") && isAlpha(after(dot + 1)) && isAlpha(after(dot + 2))
        return dot > next && hasTop ? .email : nil
    }

    private func isDomainDot(_ index: Int) -> Bool {
        guard isAlpha(before(index)) || isNumeral(before(index)) else { return false }
        return ["com", "net", "org", "edu", "gov", "info", "biz", "io", "co", "uk", "de", "fr", "es", "tv", "ly", "me"]
            .contains { stands($0, at: index + 1) && !isNameByte(after(index + 1 + $0.utf8.count)) }
    }

    private func colon(_ index: Int) -> PersonalKind? {
        if after(index + 1) == UInt8(ascii: "/"), after(index + 2) == UInt8(ascii: "/") {
            return isNameByte(before(index)) && after(index + 3) > 0x20 ? .url : nil
        }
        return isSixthAddress(around: index) ? .ip : nil
    }

    /// Whether the run of hexadecimal groups that `colon` is the first colon of reads as an IPv6 address.
    private func isSixthAddress(around colon: Int) -> Bool {
        var start = colon
        while isHexadecimal(before(start)), colon - start < 5 { start -= 1 }
        guard !isNameByte(before(start)), before(start) != UInt8(ascii: ":") else { return false }
        var end = colon
        while isHexadecimal(after(end)) || after(end) == UInt8(ascii: ":") { end += 1 }
        guard !isNameByte(after(end)), end - start <= 45 else { return false }
        let groups = text[start..<end].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard groups.allSatisfy({ $0.count <= 4 }) else { return false }
        let gap = groups.dropFirst().dropLast().filter(\.isEmpty).count
        let filled = groups.filter { !$0.isEmpty }.count
        return (filled == 8 && groups.count == 8) || (gap == 1 && filled >= 3 && filled < 8)
    }

    // MARK: Numbers

    private func digits(_ index: Int) -> PersonalKind? {
        var end = index
        while isNumeral(after(end)) { end += 1 }
        let length = end - index
        if text[index..<end].allSatisfy({ $0 == text[index] }), length > 3 { return nil }
        if length >= 15 { return isNameByte(after(end)) ? nil : .id }
        if length <= 3, isFourthAddress(index) { return .ip }
        // The tail of a name with hyphens (a model's, a UUID's) is not a number to call.
        if before(index) == UInt8(ascii: "-"), index >= 2, isNameByte(text[index - 2]) { return nil }
        if length >= 10 {
            let goesOn = isNameByte(after(end)) || (after(end) == UInt8(ascii: "-") && isAlpha(after(end + 1)))
            return goesOn || goesOnFraction(index, end) ? nil : .phone
        }
        return length == 3 && isThreeThreeFour(index) ? .phone : nil
    }

    private func goesOnFraction(_ index: Int, _ end: Int) -> Bool {
        (".,".utf8.contains(before(index)) && index >= 2 && isNumeral(text[index - 2]))
            || (after(end) == UInt8(ascii: ".") && isNumeral(after(end + 1)))
    }

    private func isFourthAddress(_ index: Int) -> Bool {
        guard !(before(index) == UInt8(ascii: ".") && index >= 2 && isNumeral(text[index - 2])) else { return false }
        var end = index
        while isNumeral(after(end)) || (after(end) == UInt8(ascii: ".") && isNumeral(after(end + 1))) { end += 1 }
        guard end - index <= 15, !isNameByte(after(end)) else { return false }
        let parts = text[index..<end].split(separator: UInt8(ascii: "."))
        return parts.count == 4
            && parts.allSatisfy { Int(String(decoding: $0, as: UTF8.self)).map { $0 < 256 } ?? false }
    }

    private func isThreeThreeFour(_ index: Int) -> Bool {
        var place = index
        for (position, size) in [3, 3, 4].enumerated() {
            if position > 0 {
                guard "- .".utf8.contains(after(place)) else { return false }
                place += 1
            }
            for offset in 0..<size where !isNumeral(after(place + offset)) { return false }
            place += size
        }
        let goesBack = ".,:".utf8.contains(before(index)) && index >= 2 && isNumeral(text[index - 2])
        return !isNameByte(after(place)) && !goesBack
    }

    /// Digits after a plus sign, with single separators between them.
    private func spread(from start: Int) -> (digits: Int, end: Int) {
        var digits = 0
        var index = start
        while digits < 16 {
            if isNumeral(after(index)) {
                digits += 1
            } else if !(digits > 0 && " -.".utf8.contains(after(index)) && isNumeral(after(index + 1))) {
                break
            }
            index += 1
        }
        return (digits > 15 ? 0 : digits, index)
    }

    // MARK: Words that open something

    private func opening(_ index: Int) -> PersonalKind? {
        if stands("www.", at: index), isAlpha(after(index + 4)) || isNumeral(after(index + 4)) { return .url }
        if stands("user-", at: index), isNumeral(after(index + 5)), isNumeral(after(index + 6)) { return .id }
        for (prefix, least) in [("sk-ant-", 8), ("AKIA", 16), ("ghp_", 20), ("AIza", 30), ("eyJ", 20)]
        where stands(prefix, at: index) && text[index] == prefix.utf8.first {
            if keyLength(from: index + prefix.utf8.count) >= least { return .token }
        }
        if stands("bearer ", at: index), keyLength(from: index + 7) >= 16 { return .token }
        return isAccount(index) ? .iban : nil
    }

    private func keyLength(from start: Int) -> Int {
        var end = start
        while isNameByte(after(end)) || after(end) == UInt8(ascii: "-") { end += 1 }
        return end - start
    }

    private func isAccount(_ index: Int) -> Bool {
        guard isAlpha(after(index + 1)), isNumeral(after(index + 2)), isNumeral(after(index + 3)) else { return false }
        var end = index
        while isAlpha(after(end)) || isNumeral(after(end)) { end += 1 }
        guard (15...34).contains(end - index), !isNameByte(after(end)) else { return false }
        var rest = 0
        for place in 0..<(end - index) {
            let byte = text[index + (place + 4) % (end - index)]
            for digit in isNumeral(byte)
                ? [Int(byte) - 48] : [(Int(byte | 0x20) - 87) / 10, (Int(byte | 0x20) - 87) % 10]
            {
                rest = (rest * 10 + digit) % 97
            }
        }
        return rest == 1
            && ["de", "gb", "fr", "es", "it", "nl", "be", "at", "ch", "pl"].contains { stands($0, at: index) }
    }

    // MARK: Bytes

    private func after(_ index: Int) -> UInt8 { index < text.count ? text[index] : 0 }

    /// The byte before `index`; an escape such as `\n` or `\u0026` that ends there counts as a space.
    private func before(_ index: Int) -> UInt8 {
        guard index > 0 else { return 0 }
        if index >= 2, text[index - 2] == 0x5C, "nrtbf".utf8.contains(text[index - 1]) { return 0x20 }
        if index >= 6, text[index - 6] == 0x5C, text[index - 5] == UInt8(ascii: "u"),
            text[(index - 4)..<index].allSatisfy(isHexadecimal)
        {
            return 0x20
        }
        return text[index - 1]
    }

    private func stands(_ word: String, at index: Int) -> Bool {
        guard index + word.utf8.count <= text.count else { return false }
        return zip(word.utf8, text[index...]).allSatisfy { ($0 | 0x20) == ($1 | 0x20) }
    }

    private func isAlpha(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private func isNumeral(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private func isHexadecimal(_ byte: UInt8) -> Bool { isNumeral(byte) || (0x61...0x66).contains(byte | 0x20) }
    private func isNameByte(_ byte: UInt8) -> Bool { isAlpha(byte) || isNumeral(byte) || byte == UInt8(ascii: "_") }
}
