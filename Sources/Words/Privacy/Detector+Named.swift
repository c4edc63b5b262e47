/// Secrets by the name before them: in key-value text, JSON, query strings, headers.
extension Detector {
    /// At a `:` or `=`: the value goes if its name says that it is secret; the name stays.
    mutating func namedValue(at sign: Int) -> Bool {
        guard let name = name(before: sign), let kind = nameKind(name) else { return false }
        // A marker is no name: redacting again must change nothing.
        if byte(name.lowerBound - 1) == 0x5B, byte(name.upperBound) == 0x5D { return false }
        var index = sign + 1
        index = end(from: index, limit: 2) { $0 == 0x3E || $0 == 0x3D || $0 == 0x3A }  // =>, ==, === and ::=
        guard byte(sign + 1) != 0x2F || byte(sign + 2) != 0x2F else { return false }
        index = end(from: index, limit: 8) { $0 == 0x20 || $0 == 0x5C || $0 == 0x09 }
        // b"…", as languages mark strings.
        if byte(index + 1).isQuote, byte(index).isOne(of: "@$bBfFrRuU") { index += 1 }
        let quote: UInt8? = byte(index).isQuote ? byte(index) : nil
        if quote != nil { index += 1 }
        var end = valueEnd(from: index, quote: quote, name: name)
        if quote == nil { end = markerStart(index + 1, end) }
        guard end > index, !isNothing(index, end), !isMarker(index, end) else { return false }
        let isTied = text[sign] == 0x3D && index == sign + 1 || quote != nil || isHeader(name)
        guard !leaves || (isTied ? end - index > 2 : looksSecret(index, end)) else { return false }
        guard !isCode(index, end) else { return false }
        found(leaves && kind == .password ? .token : kind, index..<end)
        return true
    }

    // MARK: The name

    private mutating func name(before sign: Int) -> Range<Int>? {
        var end = sign
        let floor = max(0, sign - 5)
        if text[sign] == 0x3D, byte(sign - 1).isOne(of: "!?+.") { end -= 1 }  // !=, ?=, +=, .=
        while end > floor,
            text[end - 1] == 0x20 || text[end - 1].isQuote || text[end - 1] == 0x5C || text[end - 1] == 0x5D
                || text[end - 1] == 0x3A
        {
            end -= 1
        }
        guard end > 0 else { return nil }
        let ending = nameEnding(end)
        guard !ending.isEmpty else { return nil }
        if ending.contains(.variant), reads("value", at: end - 5), let name = pairedName(before: end - 5) {
            return name
        }
        let start = start(before: end, limit: 64) { $0.isWord || $0 == 0x2D || $0 == 0x2E }
        return start < end ? start..<end : nil
    }

    /// Of `"name": "password", "value": "…"` and `<add key="ApiKey" value="…"/>` the name that stands before `value`.
    private func pairedName(before value: Int) -> Range<Int>? {
        let end = self.start(before: value, limit: 6) { $0 == 0x20 || $0 == 0x2C || $0.isQuote }
        guard end < value, byte(end).isQuote else { return nil }
        let start = start(before: end, limit: 48) { $0.isWord || $0 == 0x2D || $0 == 0x2E }
        return start < end && byte(start - 1).isQuote ? start..<end : nil
    }

    private func nameKind(_ name: Range<Int>) -> PersonalKind? {
        if let kind = SensitiveName.secret(slice(name)) { return kind }
        if SensitiveName.isUserID(slice(name)) { return .id }
        guard let stem = SensitiveName.stem(text, before: name.upperBound), stem > name.lowerBound else { return nil }
        return SensitiveName.secret(slice(name.lowerBound..<stem))
    }

    private func isHeader(_ name: Range<Int>) -> Bool { reads("authorization", at: name.upperBound - 13) }

    // MARK: The value

    private func valueEnd(from start: Int, quote: UInt8?, name: Range<Int>) -> Int {
        var end: Int
        if let quote {
            end = start
            while end < text.count, text[end] != 0x0A {
                if text[end] == quote, byte(end - 1) != 0x5C || isEscapedQuote(start) { break }
                end += 1
            }
            while end > start, text[end - 1] == 0x5C { end -= 1 }
            return end
        }
        if reads("cookie", at: name.upperBound - 6) {
            // Bounded: where people write, one such word after another must not lead to the line's end each time.
            let head = self.end(from: start, limit: 256) { $0 != 0x0A && $0 != 0x0D && $0 != 0x22 }
            if !leaves || text[start..<head].contains(0x3D) {
                return self.end(from: head) { $0 != 0x0A && $0 != 0x0D && $0 != 0x22 }
            }
        }
        end = self.end(from: start) { !$0.isSpace && !$0.isQuote && $0 != 0x26 }
        if let scheme = scheme(start, end) ?? otherScheme(start, end, name) {
            end =
                scheme == .word
                ? self.end(from: end + 1) { !$0.isSpace && !$0.isQuote && $0 != 0x26 }
                : self.end(from: end) { $0 != 0x0A && $0 != 0x0D }
        }
        while end > start, text[end - 1].isOne(of: ",;)}]") { end -= 1 }
        return min(end, text.count)
    }

    /// Whether the value itself stands in a string, so that its quotes are written `\"`.
    private func isEscapedQuote(_ start: Int) -> Bool { byte(start - 2) == 0x5C }

    /// Whether one word follows a scheme of authorization, or all of the line.
    private enum Scheme { case word, line }
    private static let wordSchemes: [StaticString] = ["bearer", "basic", "token", "negotiate", "apikey", "bot", "key"]
    private static let lineSchemes: [StaticString] = ["digest", "oauth", "aws4-hmac-sha256", "hawk", "signature"]

    private func scheme(_ start: Int, _ end: Int) -> Scheme? {
        guard byte(end) == 0x20 else { return nil }
        for word in Self.wordSchemes where end - start == word.utf8CodeUnitCount && reads(word, at: start) {
            return .word
        }
        for word in Self.lineSchemes where end - start == word.utf8CodeUnitCount && reads(word, at: start) {
            return .line
        }
        return nil
    }

    /// A scheme of somebody's own, by what follows it in a header: `Authorization: Api-Token 22cb98…`.
    private func otherScheme(_ start: Int, _ end: Int, _ name: Range<Int>) -> Scheme? {
        guard isHeader(name), byte(end) == 0x20, text[start..<end].allSatisfy({ $0.isKeySign }) else { return nil }
        let next = self.end(from: end + 1, limit: 512) { !$0.isSpace && !$0.isQuote }
        return text[(end + 1)..<next].contains { $0.isDigit || $0 == 0x3D } && next - end > 8 ? .word : nil
    }

    func isNothing(_ start: Int, _ end: Int) -> Bool {
        var end = end
        while end > start, text[end - 1].isOne(of: ".,;:!?)") { end -= 1 }
        if end <= start { return true }
        if end - start <= 16, Self.nothings(slice(start..<end)) != 0 { return true }
        return text[start..<end].allSatisfy { $0 == 0x2A || $0 == 0x2E || $0 == 0x2D || $0 == 0x3D }
    }

    private static let nothings = WordTable([
        (
            1,
            "null nil none true false undefined empty missing invalid expired required optional unset redacted string str int bool"
        ),
        // Behind the names of packages: `xauth:amd64`.
        (1, "amd64 arm64 armhf armel i386 i686 x86_64 aarch64 ppc64el s390x riscv64 mips64el noarch"),
        (
            1,
            "incorrect wrong changed reset expires yes no ok the your my a an is not must to if with or and for in when from"
        ),
    ])

    /// A marker of ours, which must come out as it went in, with the punctuation of a sentence or a port behind it.
    func isMarker(_ start: Int, _ end: Int) -> Bool {
        guard end - start <= 24 else { return false }
        if stands("***", at: start) { return true }
        guard let close = markerEnd(from: start) else { return false }
        return close >= end || text[close..<end].allSatisfy { !$0.isAlphanumeric || $0.isDigit }
    }

    /// Behind the `]` of a marker that begins at `start`.
    func markerEnd(from start: Int) -> Int? {
        guard byte(start) == 0x5B else { return nil }
        let name = self.end(from: start + 1, limit: 16) { $0.isUpper || $0 == 0x5F || $0.isDigit }
        return name > start + 2 && byte(name) == 0x5D ? name + 1 : nil
    }

    /// Where a value that goes up to `end` must stop, since a marker stands in it; the scheme before one goes with it.
    private func markerStart(_ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end {
            if text[index] == 0x5B, markerEnd(from: index) != nil {
                while index > start, text[index - 1] == 0x20 { index -= 1 }
                return index
            }
            index += 1
        }
        return end
    }

    /// `token: String,` and `password=os.environ[…]`, `${PASSWORD}`, `<password>`: a program's text, not a value.
    private func isCode(_ start: Int, _ end: Int) -> Bool {
        guard end - start <= 64 else { return false }
        let (first, last) = (text[start], text[end - 1])
        return (first == 0x3C && last == 0x3E) || (first == 0x24 && byte(start + 1) == 0x7B)
            || (first == 0x7B && byte(start + 1) == 0x7B)
    }

    /// In what people write, a word behind `token:` is a word: a secret has digits among its letters, or signs, or length.
    private func looksSecret(_ start: Int, _ end: Int) -> Bool {
        if text[start] == 0x23, text[(start + 1)..<end].allSatisfy({ $0.isWord }) { return false }  // a hashtag
        var end = end
        while end > start, text[end - 1] == 0x21 { end -= 1 }  // the sentence's
        var (letters, digits, signs, upper) = (0, 0, 0, 0)
        for byte in text[start..<end].prefix(256) {
            if byte.isDigit {
                digits += 1
            } else if byte.isUpper {
                (letters, upper) = (letters + 1, upper + 1)
            } else if byte.isLetter {
                letters += 1
            } else {
                signs += 1
            }
        }
        let count = end - start
        if count < 4 { return false }
        if digits > 0, letters > 0 { return true }
        if digits == count { return count > 5 }
        return count >= 20
            || (signs > 0 && letters > 2 && text[start..<end].contains { $0.isOne(of: "!@#$%^&*_+=") }
                && count >= 6)
            || (upper > 1 && upper < letters && text[start + 1..<end].contains { $0.isUpper } && count >= 8)
    }
}
