/// Secrets that no sign ties to their names: `Bearer …`, `the password is …`, `<password>…</password>`, `curl -u name:…`.
extension Detector {
    /// At a digit inside of a word that nothing else is known of.
    mutating func spokenSecret(_ digit: Int) {
        guard digit >= spokenDone else { return }
        spokenDone = wordEnd(from: digit)
        let word = start(before: digit, limit: 40) { $0 > 0x20 && !$0.isQuote && $0 != 0x3E }
        guard word >= done || previous == nil else { return }
        if byte(word - 1) == 0x3E { return taggedPassword(word) }
        let start = byte(word - 1).isQuote ? word - 1 : word
        if start < word, quotedPassword(word, quote: start) { return }
        guard byte(start - 1) == 0x20 else { return }
        if start == word, reads("bearer", at: word - 7) {
            _ = bearer(word)
        } else if reads(" is", at: start - 4) {
            spokenPassword(word, verb: start - 4)
        } else if reads(" was", at: start - 5) {
            spokenPassword(word, verb: start - 5)
        }
    }

    private mutating func spokenPassword(_ word: Int, verb: Int) {
        let name = start(before: verb, limit: 24) { $0.isLetter }
        guard name < verb, let kind = SensitiveName.secret(slice(name..<verb)) else { return }
        var end = end(from: word) { !$0.isSpace && !$0.isQuote }
        while end > word, text[end - 1].isOne(of: ".,;:!?)]}") { end -= 1 }
        guard end - word >= 5, hasLetter(word..<end), text[word..<end].contains(where: { $0.isDigit }),
            !isMarker(word, end)
        else { return }
        found(leaves ? .token : kind, word..<end)
    }

    /// `password "hunter2"`, `setPassword("hunter2")`, `setProperty("db.password", "…")`.
    private mutating func quotedPassword(_ word: Int, quote: Int) -> Bool {
        var end = quote
        if byte(end - 1) == 0x28 || byte(end - 1) == 0x20 { end -= 1 }
        if byte(end - 1) == 0x2C, byte(end - 2).isQuote { end -= 2 }
        let name = start(before: end, limit: 48) { $0.isWord || $0 == 0x2D || $0 == 0x2E }
        guard end < quote, name < end, let kind = SensitiveName.secret(slice(name..<end)) else { return false }
        let close = self.end(from: word, limit: 512) { $0 != text[quote] && $0 >= 0x20 }
        guard byte(close) == text[quote], close - word >= 5, !isMarker(word, close) else { return false }
        found(leaves ? .token : kind, word..<close)
        return true
    }

    /// The content of an element whose name says that it is secret.
    private mutating func taggedPassword(_ word: Int) {
        let tag = start(before: word - 1, limit: 64) { $0 != 0x3C && $0 != 0x3E && $0 >= 0x20 }
        let nameEnd = end(from: tag, limit: 48) { $0.isKeySign || $0 == 0x3A || $0 == 0x2E }
        guard byte(tag - 1) == 0x3C, nameEnd > tag, let kind = SensitiveName.secret(slice(tag..<nameEnd)) else {
            return
        }
        let end = end(from: word) { $0 != 0x3C && !$0.isSpace }
        guard end > word, !isMarker(word, end) else { return }
        found(leaves ? .token : kind, word..<end)
    }

    /// `-u name:password`, `--user name:password`, as commands take them: at the colon.
    mutating func commandPassword(at colon: Int) {
        // Times and ports are most of what has a colon inside.
        guard byte(colon + 1) > 0x2F || byte(colon + 1).isQuote, !byte(colon + 1).isDigit || !byte(colon - 1).isDigit
        else { return }
        let name = start(before: colon, limit: 40) { $0.isKeySign || $0 == 0x2E || $0 == 0x40 }
        var option = byte(name - 1).isQuote ? name - 1 : name
        while byte(option - 1) == 0x20, byte(option - 2) == 0x20 { option -= 1 }
        guard byte(option - 1) == 0x20,
            reads(" -u", at: option - 4) || reads("--user", at: option - 7) || reads("--proxy-user", at: option - 13)
        else { return }
        let first = byte(colon + 1).isQuote ? colon + 2 : colon + 1
        let end = end(from: first) { !$0.isSpace && !$0.isQuote }
        guard hasLetter(first..<end), !isMarker(first, end) else { return }
        found(leaves ? .token : .password, first..<end)
    }

    private func hasLetter(_ range: Range<Int>) -> Bool { text[range].contains { $0.isLetter } }
}
