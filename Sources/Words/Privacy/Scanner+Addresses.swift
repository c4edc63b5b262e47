/// E-mail addresses, mentions, URLs and bare domains.
extension Scanner {
    /// At an `@`: an e-mail address if text stands before it and a domain behind it; in text that leaves the house else a
    /// mention, or an address on a bare host (`jane@home`).
    mutating func at(signLength: Int) {
        if signLength == 1, email(at: position) { return }
        if purpose == .sanitize {
            if mention(at: position, signLength: signLength) || hostAddress(at: position, signLength: signLength) {
                return
            }
        }
        position += signLength
    }

    private mutating func email(at sign: Int) -> Bool {
        let start = localPartStart(before: sign)
        guard start < sign else { return false }
        guard let end = mailDomainEnd(from: sign + 1) else { return false }
        foundAround(.email, start..<end)
        return true
    }

    private mutating func hostAddress(at sign: Int, signLength: Int) -> Bool {
        let start = localPartStart(before: sign)
        let end = end(from: sign + signLength) { $0.isWord || $0 == 0x2D }
        guard start < sign, byte(sign + signLength).isWord else { return false }
        foundAround(.email, start..<end)
        return true
    }

    private mutating func foundAround(_ kind: PersonalKind, _ range: Range<Int>) {
        // The local part may have matched something smaller before the sign came into view.
        while let last = findings.last, last.range.upperBound > range.lowerBound { findings.removeLast() }
        found(kind, range)
    }

    private func localPartStart(before sign: Int) -> Int {
        let floor = max(0, sign - 320)
        var index = sign
        while index > floor {
            let byte = bytes[index - 1]
            if byte.isWord || ".%+-'".utf8.contains(byte) {
                index -= 1
            } else if byte & 0xC0 == 0x80, index - 2 >= floor, (0xC3...0xD4).contains(bytes[index - 2]) {
                index -= 2  // a letter such as é or ж
            } else {
                break
            }
        }
        while index < sign, !bytes[index].isWord, bytes[index] < 0x80 { index += 1 }
        return index
    }

    private func mailDomainEnd(from start: Int) -> Int? {
        var end = end(from: start, limit: 253) { $0.isAlphanumeric || $0 == 0x2D || $0 == 0x2E || $0 >= 0x80 }
        while end > start {
            guard let dot = (start..<end).last(where: { bytes[$0] == 0x2E }), dot > start else { return nil }
            let label = bytes[(dot + 1)..<end].prefix { $0.isLetter }
            if label.count >= 2 { return dot + 1 + label.count }
            end = dot
        }
        return nil
    }

    /// X's rule: no word character before the sign, 1 to 15 of `[A-Za-z0-9_]` behind it. A longer run goes as a whole.
    /// `RT@name` and `@one@two` count as well, and a Mastodon address goes with its server.
    private mutating func mention(at sign: Int, signLength: Int) -> Bool {
        let touchesMention = findings.last.map { $0.kind == .user && $0.range.upperBound == sign } ?? false
        let afterRetweet = matchesIgnoringCase("rt", at: sign - 2) && startsWord(sign - 2)
        guard startsWord(sign) || touchesMention || afterRetweet else { return false }
        let end = end(from: sign + signLength) { $0.isWord }
        guard end > sign + signLength else { return false }
        if byte(end) == 0x40, let server = mailDomainEnd(from: end + 1) {
            found(.user, sign..<server)
        } else {
            found(.user, sign..<end)
        }
        return true
    }

    /// `scheme://` and `www.` followed by anything that is not a space.
    mutating func url(at start: Int) -> Bool {
        let wordEnd = end(from: start) { $0.isWord }
        let isWWW =
            matchesIgnoringCase("www.", at: start) && (byte(start + 4).isAlphanumeric || byte(start + 4) >= 0x80)
        let hasScheme = matches("://", at: wordEnd)
        guard isWWW || hasScheme else { return false }
        found(.url, start..<urlEnd(from: hasScheme ? wordEnd + 3 : wordEnd))
        return true
    }

    /// `://` behind something that is no word: what follows is an address all the same.
    mutating func looseURL(at start: Int) -> Bool {
        guard purpose == .sanitize, matches("://", at: start), byte(start - 1) > 0x20 else { return false }
        found(.url, start..<urlEnd(from: start + 3))
        return true
    }

    /// A domain without scheme under a well-known top level, with the path behind it: the longest that the run holds.
    mutating func domain(at start: Int) -> Bool {
        // A run is looked at once, from its beginning, or "a.a.a…" would cost the square of its length.
        guard start >= domainsSeen else { return false }
        let run = end(from: start) { $0.isWord || $0 == 0x2D || $0 == 0x2E }
        domainsSeen = run
        guard let firstDot = bytes[start..<run].firstIndex(of: 0x2E) else { return false }
        for dot in stride(from: run - 1, through: firstDot, by: -1) where bytes[dot] == 0x2E && dot > start {
            let end = end(from: dot + 1, limit: 24) { $0.isLetter }
            guard end > dot + 1, bytes[dot - 1].isAlphanumeric, !byte(end).isWord else { continue }
            let hasPath = byte(end) == 0x2F && byte(end + 1) > 0x20
            guard isTopLevel((dot + 1)..<end, hasPath: hasPath, isDeep: firstDot < dot) else { continue }
            let hasTail = hasPath || byte(end) == 0x3F || (byte(end) == 0x3A && byte(end + 1).isDigit)
            found(.url, start..<(hasTail ? urlEnd(from: end) : end))
            return true
        }
        return false
    }

    private func isTopLevel(_ label: Range<Int>, hasPath: Bool, isDeep: Bool) -> Bool {
        let top = bytes[label].map(\.lowered)
        return TopLevelDomains.common.contains(top) || (hasPath && (2...6).contains(top.count))
            || (isDeep && TopLevelDomains.words.contains(top))
    }

    /// Up to white space, quotes and angle brackets, less the punctuation of the sentence around the address.
    private func urlEnd(from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] > 0x20, !"\"<>`".utf8.contains(bytes[index]) {
            if matches("\u{A0}", at: index) || matches("\u{3000}", at: index) { break }
            index += 1
        }
        while index > start, ".,;:!?)]}'*_".utf8.contains(bytes[index - 1]) { index -= 1 }
        return index
    }

    /// `scheme://user:password@host` in machine text: the password only, so that the host stays readable.
    mutating func userInfo(at start: Int) -> Bool {
        let scheme = end(from: start) { $0.isWord }
        guard matches("://", at: scheme) else { return false }
        let authority = scheme + 3
        let stop = end(from: authority, limit: 512) { $0 > 0x20 && !"\"'<>`".utf8.contains($0) }
        guard let sign = bytes[authority..<stop].lastIndex(of: 0x40),
            let colon = bytes[authority..<sign].firstIndex(of: 0x3A)
        else { return false }
        if let slash = bytes[authority..<sign].firstIndex(where: { "/?#".utf8.contains($0) }) {
            // An `@` in a path or a query: a port, or no colon, before the slash means that there is no password here.
            let port = colon < slash ? bytes[(colon + 1)..<slash] : bytes[slash..<slash]
            if port.allSatisfy({ $0.isDigit }) { return false }
        }
        guard colon + 1 < sign else { return false }
        found(.password, (colon + 1)..<sign)
        position = sign + 1
        return true
    }
}
