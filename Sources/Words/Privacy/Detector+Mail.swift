/// E-mail addresses (RFC 5321, 5322, 6531), looked for from their `@`.
extension Detector {
    /// At an `@`: an address if a name stands before it and a domain behind it, else perhaps a mention.
    mutating func sign(at index: Int) {
        // Nearly every mention stands behind a space.
        if byte(index - 1) == 0x20 || index == 0 {
            if leaves { mention(at: index) }
            return
        }
        let name = localPartStart(before: index)
        if name < index, let end = mailDomainEnd(from: index + 1, name: name..<index) {
            var start = name
            if leaves, reads("mailto:", at: start - 7) { start -= 7 }
            found(.email, start..<end)
        } else if leaves {
            mention(at: index)
        }
    }

    /// An `@` as URLs (`%40`) and pages (`&#64;`) write it, whose digits begin at `digits`.
    mutating func encodedSign(_ digits: Int) -> Bool {
        let isPage = byte(digits - 2) == 0x26 && stands("64;", at: digits)
        guard isPage || byte(digits - 1) == 0x25 && stands("40", at: digits) else { return false }
        let sign = isPage ? digits - 2 : digits - 1
        let name = localPartStart(before: sign)
        guard name < sign, name >= done,
            let end = mailDomainEnd(from: digits + (isPage ? 3 : 2), name: name..<sign)
        else { return false }
        found(.email, name..<end)
        return true
    }

    // MARK: Before the sign

    private func localPartStart(before sign: Int) -> Int {
        if byte(sign - 1) == 0x22 { return quotedStart(before: sign) }
        let plain = plainStart(before: sign)
        let odd = byte(plain - 1)
        guard odd.isOddLocal || (odd == 0x3D && !endsName(plain - 1)) else { return trimmed(plain, sign) }
        // Signs that an address may hold but rarely does (`user/department=shipping@…`): if all of the word is of them.
        let word = start(before: plain, limit: 64) { $0.isLocal || $0.isOddLocal || $0 == 0x3D }
        let before = byte(word - 1)
        let opens =
            word == 0 || before.isSpace || before.isOne(of: "<([,;")
            || (before >= 0x80 && letterStart(before: word) == nil)
        guard opens, trimmed(plain, sign) == sign || text[word].isAlphanumeric, !hasPath(word..<plain) else {
            return trimmed(plain, sign)
        }
        return word
    }

    /// Whether an `=` at `index` ends a name as in `email=jane@…`.
    private func endsName(_ index: Int) -> Bool {
        let name = start(before: index, limit: 64) { $0.isWord || $0 == 0x2D }
        let before = byte(name - 1)
        return !(before == 0x2F || before == 0x2B)
    }

    /// Whether these bytes are of a path or a query rather than of an odd address.
    private func hasPath(_ range: Range<Int>) -> Bool {
        for index in range
        where (text[index] == 0x2F && byte(index + 1) == 0x2F) || text[index] == 0x3F || text[index] == 0x26 {
            return !text[range].contains(0x5E)
        }
        return text[range].first == 0x2F
    }

    private func plainStart(before sign: Int) -> Int {
        let floor = max(0, sign - 256)
        var index = sign
        while index > floor {
            let byte = text[index - 1]
            if byte.isLocal {
                index -= 1
            } else if byte.isContinuation, let start = letterStart(before: index), start >= floor {
                // Letters of alphabets join the name; those of scripts without spaces only if they are all of it.
                let isAlphabetic = text[start] < 0xE0
                guard isAlphabetic || index == sign || text[index].isContinuation || text[index] >= 0xE0 else { break }
                guard isAlphabetic || sign - start <= 64 else { break }
                index = start
            } else {
                break
            }
        }
        if index < sign, text[index] < 0x80, isEscape(index) { index += 1 }
        return index
    }

    /// The start of a scalar that ends at `end` and may stand in a name.
    private func letterStart(before end: Int) -> Int? {
        var start = end - 1
        while start > 0, end - start < 4, text[start].isContinuation { start -= 1 }
        return nameScalarLength(at: start) == end - start ? start : nil
    }

    private func trimmed(_ start: Int, _ sign: Int) -> Int {
        var start = start
        while start < sign, !text[start].isWord, text[start] < 0x80 { start += 1 }
        return start
    }

    /// `"john doe"@example.org`.
    private func quotedStart(before sign: Int) -> Int {
        var index = sign - 2
        let floor = max(0, sign - 66)
        while index >= floor, text[index] != 0x22 || byte(index - 1) == 0x5C, text[index] >= 0x20 { index -= 1 }
        guard index >= floor, index < sign - 2, text[index] == 0x22, !byte(index - 1).isWord else { return sign }
        return index
    }

    // MARK: Behind the sign

    /// The end of a domain that mail can be sent to.
    func mailDomainEnd(from start: Int, name: Range<Int>) -> Int? {
        if byte(start) == 0x5B { return literalEnd(from: start) }
        var end = start
        let stop = min(text.count, start + 254)
        var lastDot = -1
        while end < stop {
            let byte = text[end]
            if byte.isAlphanumeric || byte == 0x2D || byte == 0x5F && end > start {
                end += 1
            } else if byte == 0x2E {
                guard end > start, text[end - 1] != 0x2E else { break }
                lastDot = end
                end += 1
            } else if byte >= 0x80 {
                let length = nameScalarLength(at: end)
                guard length > 0 else { break }
                end += length
            } else {
                break
            }
        }
        guard end > start, text[start] != 0x2D, text[start] != 0x2E else { return nil }
        if lastDot < 0 { return reads("localhost", at: start) && end == start + 9 ? end : nil }
        if byte(end) == 0x3A, byte(end + 1).isAlphanumeric, name.count == 3, reads("git", at: name.lowerBound) {
            return nil  // git@host:path names a repository
        }
        return lastTopLevel(from: start, to: end, lastDot)
    }

    private func lastTopLevel(from start: Int, to end: Int, _ lastDot: Int) -> Int? {
        var (dot, labelEnd) = (lastDot, end)
        while dot > start {
            if let end = mailTopLevelEnd(dot + 1, labelEnd) { return end }
            labelEnd = dot
            dot -= 1
            while dot > start, text[dot] != 0x2E { dot -= 1 }
        }
        return nil
    }

    private func mailTopLevelEnd(_ start: Int, _ end: Int) -> Int? {
        guard start < end else { return nil }
        if text[start] >= 0x80 { return internationalTopLevelEnd(start, end) ?? end }
        if reads("xn--", at: start) { return self.end(from: start) { $0.isAlphanumeric || $0 == 0x2D } }
        let letters = self.end(from: start, limit: min(25, end - start)) { $0.isLetter }
        guard letters - start >= 2, !byte(letters).isWord else { return nil }
        let label = slice(start..<letters)
        if TopLevelDomains.ascii(label) != 0 || Self.privateTopLevels(label) != 0 { return letters }
        // One that came up later, as the last label; not the ending of a file's name, as in icon@2x.png.
        return letters == end && Self.fileEndings(label) == 0 ? letters : nil
    }

    /// Not on the Internet, yet in use (RFC 2606, RFC 6762 appendix G, RFC 9476).
    private static let privateTopLevels = WordTable([
        (1, "example test invalid local localhost localdomain internal intranet private corp home lan onion alt")
    ])

    private static let fileEndings = WordTable([
        (
            1,
            "png jpg jpeg gif svg webp ico bmp tif tiff pdf js ts jsx tsx css scss html htm json xml yml yaml toml txt log csv"
        ),
        (
            1,
            "tar gz tgz exe dll dmg deb rpm jar war class swift cpp hpp java kt go rb php sql lock conf cfg ini bak tmp patch diff"
        ),
        (1, "doc docx xls xlsx ppt pptx beta alpha rc dev snapshot min map service socket timer mount"),
    ])

    /// `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
    private func literalEnd(from start: Int) -> Int? {
        let close = end(from: start + 1, limit: 64) { $0.isHex || $0.isOne(of: "IPv6.:") }
        guard byte(close) == 0x5D, byte(start + 1).isDigit || reads("ipv6:", at: start + 1), close - start > 7 else {
            return nil
        }
        return close + 1
    }

    /// The bytes of a scalar from beyond ASCII that may stand in a name; 0 for spaces, punctuation and what hides.
    func nameScalarLength(at index: Int) -> Int {
        let (second, third) = (byte(index + 1), byte(index + 2))
        switch byte(index) {
        case 0xC3...0xDF: return 2
        case 0xC2: return second == 0xB7 || second == 0xAA || second == 0xBA ? 2 : 0
        case 0xE2: return second <= 0x81 ? 0 : 3
        case 0xE3: return second == 0x80 && third != 0x85 && third != 0x87 ? 0 : 3
        case 0xEF: return second == 0xBC || second == 0xBD || second == 0xBB || second == 0xB8 ? 0 : 3
        case 0xE0...0xEF: return 3
        case 0xF0...0xF4: return 4
        default: return 0
        }
    }
}

extension UInt8 {
    /// Signs of a local part as people choose them.
    fileprivate var isLocal: Bool {
        isWord || self == 0x2E || self == 0x25 || self == 0x2B || self == 0x2D || self == 0x27
    }
    /// The other signs that RFC 5322 allows, but for `=`, which ends names.
    fileprivate var isOddLocal: Bool {
        switch self {
        case 0x21, 0x23, 0x24, 0x26, 0x2A, 0x2F, 0x3F, 0x5E, 0x60, 0x7B, 0x7C, 0x7D, 0x7E: true
        default: false
        }
    }
}
