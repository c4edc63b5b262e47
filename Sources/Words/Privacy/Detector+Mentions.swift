/// Mentions by the rule that tweets follow: up to twenty of `[A-Za-z0-9_]` behind an `@` that no word and none of `!#$%&*@`
/// stands before, and no accented letter, `@` or `://` behind. `RT@name` counts.
extension Detector {
    mutating func mention(at sign: Int) {
        let name = sign + 1
        let end = wordEnd(from: name)
        guard end > name, mayPrecedeMention(sign) else { return }
        if byte(end) == 0x40 { return chained(sign, end) }
        guard !isLatinAccent(at: end), !stands("://", at: end) else { return }
        found(.user, sign..<end)
    }

    private func mayPrecedeMention(_ sign: Int) -> Bool {
        let before = byte(sign - 1)
        if let last = previous, last.range.upperBound == sign { return last.kind == .user }
        if before == 0x40 { return !byte(sign - 2).isWord && !byte(sign - 2).isMentionBar }
        if before.isMentionBar { return false }
        guard before.isWord, !isEscape(sign - 1) else { return true }
        guard reads("rt", at: sign - 2) else { return false }
        let opening = byte(sign - 3)
        return !(opening.isWord || opening == 0x2B || opening == 0x7E || opening == 0x2E || opening == 0x2D)
    }

    /// `@name@…`: a name on a server (`@jane@mastodon.social`), an address with an `@` too many, or one name after another.
    private mutating func chained(_ sign: Int, _ second: Int) {
        if let end = mailDomainEnd(from: second + 1, name: (sign + 1)..<second) {
            found(isFederated(second + 1, end) ? .user : .email, sign..<end)
        } else if byte(second + 1).isWord {
            found(.user, sign..<second)
        }
    }

    private func isFederated(_ start: Int, _ end: Int) -> Bool {
        reads(".social", at: end - 7) || reads("mastodon", at: start) || reads("mstdn", at: start)
            || reads("threads.net", at: start)
    }

    /// Whether a letter with an accent stands at `index`, as Latin alphabets have them.
    func isLatinAccent(at index: Int) -> Bool {
        let first = byte(index)
        guard first >= 0xC3 else { return false }
        let second = byte(index + 1)
        switch first {
        case 0xC3: return second != 0x97 && second != 0xB7
        case 0xC4...0xC9, 0xCC: return true
        case 0xCD: return second < 0xB0
        case 0xE1: return (0xB8...0xBB).contains(second)
        default: return false
        }
    }
}

extension UInt8 {
    fileprivate var isMentionBar: Bool {
        switch self {
        case 0x21, 0x23, 0x24, 0x25, 0x26, 0x2A: true
        default: false
        }
    }
}
