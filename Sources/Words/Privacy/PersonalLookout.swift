/// The validator's eyes: goes from byte to byte and asks at each landmark what stands around.
///
/// Shares no code with the detector. Knows fewer forms, those that are beyond doubt, so that what it refuses was forgotten
/// and not merely judged otherwise.
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
        case UInt8(ascii: "@"): atSign(index, width: 1)
        case 0xEF: after(index + 1) == 0xBC && after(index + 2) == 0xA0 ? atSign(index, width: 3) : nil
        case UInt8(ascii: "."): isHost(index) ? .url : nil
        case UInt8(ascii: ":"): colon(index)
        case UInt8(ascii: "+"): isPlusNumber(index) ? .phone : nil
        case UInt8(ascii: "-"): isKeyBlock(index) ? .token : nil
        case 0x30...0x39: isNameByte(before(index)) ? nil : digits(index)
        case 0x41...0x5A, 0x61...0x7A: isNameByte(before(index)) ? nil : opening(index)
        default: nil
        }
    }

    // MARK: Signs

    private func atSign(_ index: Int, width: Int) -> PersonalKind? {
        let next = index + width
        guard isNameByte(after(next)) else { return nil }
        var end = next
        while isNameByte(after(end)) { end += 1 }
        if isNameByte(before(index)) { return isMailHost(next) && !isRepository(index) ? .email : nil }
        let isBarred = "!#$%&*@+~.-]".utf8.contains(before(index)) || before(index) >= 0x80
        return isBarred || after(end) == UInt8(ascii: "@") || after(end) >= 0x80
            || (after(end) == UInt8(ascii: ":") && after(end + 1) != 0x20) ? nil : .user
    }

    /// `git@host:path`.
    private func isRepository(_ sign: Int) -> Bool { sign >= 3 && stands("git", at: sign - 3) }

    private func isMailHost(_ start: Int) -> Bool {
        var label = start
        while label - start < 64 {
            var dot = label
            while isAlpha(after(dot)) || isNumeral(after(dot)) { dot += 1 }
            guard dot > label, after(dot) == UInt8(ascii: ".") else { return false }
            if topLevelEnd(dot + 1) != nil { return true }
            label = dot + 1
        }
        return false
    }

    /// The end of one of the commonest top levels, if nothing goes on behind it.
    private func topLevelEnd(_ start: Int) -> Int? {
        for name in ["com", "net", "org"] where stands(name, at: start) {
            let next = after(start + 3)
            return isNameByte(next) || "-.@+:".utf8.contains(next) || next >= 0x80 ? nil : start + 3
        }
        return nil
    }

    /// A plain name between spaces or quotes, such as `example.com`.
    private func isHost(_ dot: Int) -> Bool {
        guard topLevelEnd(dot + 1) != nil, (0x61...0x7A).contains(after(dot + 1)) else { return false }
        var start = dot
        while start > 0, dot - start < 40, isAlpha(before(start)) || isNumeral(before(start)) { start -= 1 }
        return start < dot && isOpening(start)
    }

    private func colon(_ index: Int) -> PersonalKind? {
        if after(index + 1) == UInt8(ascii: "/"), after(index + 2) == UInt8(ascii: "/") {
            return isWeb(index) ? .url : nil
        }
        return isSixthAddress(around: index) ? .ip : nil
    }

    private func isWeb(_ colon: Int) -> Bool {
        let scheme = colon >= 5 && stands("https", at: colon - 5) ? colon - 5 : colon - 4
        guard scheme >= 0, stands("http", at: scheme), isOpening(scheme), isNameByte(after(colon + 3)) else {
            return false
        }
        var end = colon + 3
        var hasDot = false
        while isNameByte(after(end)) || after(end) == UInt8(ascii: ".") {
            guard end - colon < 250 else { return false }  // no name is that long
            if after(end) == UInt8(ascii: "."), !isNameByte(after(end + 1)) { return false }
            if topLevelEnd(end + 1) != nil, after(end) == UInt8(ascii: "."),
                !text[(colon + 3)..<end].contains(UInt8(ascii: "_"))
            {
                return end > colon + 3
            }
            hasDot = hasDot || after(end) == UInt8(ascii: ".")
            end += 1
        }
        return !hasDot && text[(colon + 3)..<end].contains(UInt8(ascii: "_"))
            && (end == text.count || after(end) == 0x20)
    }

    /// Whether the run of hexadecimal groups that `colon` is the first colon of reads as an IPv6 address.
    private func isSixthAddress(around colon: Int) -> Bool {
        var start = colon
        while isHexadecimal(before(start)), colon - start < 5 { start -= 1 }
        guard isOpening(start) else { return false }
        var end = colon
        while isHexadecimal(after(end)) || after(end) == UInt8(ascii: ":") { end += 1 }
        guard !isNameByte(after(end)), !".%".utf8.contains(after(end)), end - start <= 39 else { return false }
        let groups = text[start..<end].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard groups.allSatisfy({ $0.count <= 4 }), text[start..<end].contains(where: isNumeral) else { return false }
        let gaps = groups.dropFirst().dropLast().filter(\.isEmpty).count
        let filled = groups.filter { !$0.isEmpty }.count
        let isLong = groups.contains { $0.count >= 3 }
        guard let first = groups.first, let last = groups.last, !first.isEmpty, !last.isEmpty, isLong else {
            return false
        }
        return (filled == 8 && groups.count == 8) || (gaps == 1 && filled >= 3 && filled < 8)
    }

    // MARK: Words that open something

    private func opening(_ index: Int) -> PersonalKind? {
        if stands("user-", at: index), isNumeral(after(index + 5)), isNumeral(after(index + 6)) { return .id }
        for (prefix, least) in [("sk-ant-", 8), ("AKIA", 16), ("ghp_", 20), ("AIza", 30), ("eyJ", 12), ("xoxb-", 10)]
        where stands(prefix, at: index) && text[index] == prefix.utf8.first
            && text[index + 1] == prefix.utf8.dropFirst().first
        {
            let body = index + prefix.utf8.count
            let length = prefix.hasSuffix("-") ? bondedLength(from: body) : plainLength(from: body)
            if prefix == "AKIA" ? isAccessKey(index + 4) : length >= least { return .token }
        }
        if stands("bearer ", at: index), plainLength(from: index + 7) >= 16 { return .token }
        if stands("password=", at: index), plainLength(from: index + 9) >= 8, isNumeral(after(index + 9)),
            isOpening(index)
        {
            return .token
        }
        return isAccount(index) ? .iban : nil
    }

    /// Sixteen capitals and digits, and no more.
    private func isAccessKey(_ start: Int) -> Bool {
        for offset in 0..<16 where !isNumeral(after(start + offset)) && !(0x41...0x5A).contains(after(start + offset)) {
            return false
        }
        return !isNameByte(after(start + 16))
    }

    private func plainLength(from start: Int) -> Int {
        var end = start
        while isAlpha(after(end)) || isNumeral(after(end)) { end += 1 }
        return end - start
    }

    /// The same, over single hyphens.
    private func bondedLength(from start: Int) -> Int {
        var end = start
        while isAlpha(after(end)) || isNumeral(after(end))
            || (after(end) == UInt8(ascii: "-") && isNameByte(after(end + 1)))
        {
            end += 1
        }
        return end - start
    }

    private func isKeyBlock(_ index: Int) -> Bool {
        before(index) != UInt8(ascii: "-") && stands("-----BEGIN PRIVATE KEY-----", at: index)
    }

    private func isAccount(_ index: Int) -> Bool {
        guard isAlpha(after(index + 1)), isNumeral(after(index + 2)), isNumeral(after(index + 3)) else { return false }
        var end = index
        while isAlpha(after(end)) || isNumeral(after(end)), end - index < 40 { end += 1 }
        guard !isNameByte(after(end)) else { return false }
        let lengths = [
            "de": 22, "gb": 22, "fr": 27, "es": 24, "it": 27, "nl": 18, "be": 16, "at": 20, "ch": 21, "pl": 28,
        ]
        guard let country = lengths.first(where: { stands($0.key, at: index) }), country.value == end - index else {
            return false
        }
        var rest = 0
        for place in 0..<(end - index) {
            let byte = text[index + (place + 4) % (end - index)]
            let value = isNumeral(byte) ? Int(byte) - 48 : Int(byte | 0x20) - 87
            rest = (rest * (value < 10 ? 10 : 100) + value) % 97
        }
        return rest == 1
    }
}
