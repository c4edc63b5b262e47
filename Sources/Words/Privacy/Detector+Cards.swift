/// Payment cards and account numbers (IBAN).
extension Detector {
    /// 12 to 19 digits, in one group or in groups of a card, under a known issuer and with a right check digit.
    mutating func card(_ groups: NumberGroups) -> Bool {
        guard !groups.hasPlus, groups.digits(groups.count) >= 12 else { return false }
        let start = groups.start(of: 0)
        guard !isDecimalPart(start) else { return false }
        for count in stride(from: groups.count, through: 1, by: -1) {
            let digits = groups.digits(count)
            guard (12...19).contains(digits), isCardLayout(groups, count) else { continue }
            let end = groups.end(of: count - 1)
            guard !byte(end).isWord, !(byte(end) == 0x2E && byte(end + 1).isDigit),
                PaymentCard.isValid(slice(start..<end))
            else { continue }
            if count == 1, digits == 13, text[start] != 0x34, NumberMeaning.isArticle(slice(start..<end)) { continue }
            // Twelve digits are a card of few issuers, an order of many shops, and the rest of a longer number.
            if digits == 12 {
                if byte(start - 1) == 0x20 || byte(start - 1) == 0x2D, left(start - 2).isDigit { continue }
                let hint = NumberHint(text, before: groups.start)
                if hint == .thing || hint == .phone { continue }
            }
            found(.card, start..<end)
            return true
        }
        return false
    }

    private func isDecimalPart(_ start: Int) -> Bool {
        let before = byte(start - 1)
        if before == 0x2D || before == 0x2F { return left(start - 2).isWord }
        return (before == 0x2E || before == 0x2C) && left(start - 2).isDigit
    }

    private func isCardLayout(_ groups: NumberGroups, _ count: Int) -> Bool {
        if count == 1 { return true }
        guard groups.isUniform(count) else { return false }
        switch groups.separator(0) {
        case .space, .hyphen, .dot, .wide: break
        default: return false
        }
        return switch groups.pattern(count) {
        case 4444, 465, 464, 466, 44443, 4445, 4442, 4441, 4443, 645, 446, 444: true
        default: false
        }
    }

    /// An IBAN whose check digits begin at `start`: compact, or in fours, checked by its country's length and modulo 97.
    mutating func accountNumber(digits start: Int) -> Bool {
        let first = start - 2
        guard first >= done, byte(first).isLetter, byte(first + 1).isLetter, byte(start + 1).isDigit,
            !isInsideWord(first)
        else { return false }
        var end = AccountNumber.length(country: text[first], text[first + 1]).flatMap { accountEnd(first, $0) }
        if end == nil, let length = otherLength(first) { end = accountEnd(first, length) }
        guard let end else { return false }
        found(.iban, first..<end)
        return true
    }

    /// Where `length` letters and digits end, with single separators among them, if their check digits are right.
    private func accountEnd(_ first: Int, _ length: Int) -> Int? {
        var check = AccountNumber.Check()
        var taken = 0
        var index = first
        var headEnd = 0
        while taken < length {
            let byte = byte(index)
            if byte.isAlphanumeric {
                check.take(byte, isHead: taken < 4)
                taken += 1
                index += 1
                headEnd = index
            } else if byte == 0x20 || byte == 0x2D || byte == 0x2E, index == headEnd, taken >= 2 {
                index += 1
            } else {
                return nil
            }
        }
        return byte(index).isWord || !check.isRight ? nil : index
    }

    /// The length of a word that may be a number of a country without a list: capitals and digits, half of them digits at least.
    private func otherLength(_ first: Int) -> Int? {
        let end = end(from: first, limit: 35) { $0.isUpper || $0.isDigit }
        guard AccountNumber.otherLengths.contains(end - first), !byte(end).isWord else { return nil }
        let digits = text[first..<end].count { $0.isDigit }
        return digits * 2 >= end - first ? end - first : nil
    }
}
