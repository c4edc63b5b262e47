/// What begins with a digit: addresses, cards, telephone numbers, ids.
extension Detector {
    /// At the first digit of a run.
    mutating func number(at start: Int) {
        let before = byte(start - 1)
        let end = end(from: start) { $0.isDigit }
        if start < datesDone {
            if end - start <= 3, byte(end) == 0x2E { _ = ip4(at: start) }
            return
        }
        if before == 0x25 || before == 0x23, encodedSign(start) { return }
        if before.isWord, isInsideWord(start) { return numberInWord(start, end) }
        let next = byte(end)
        let length = end - start
        if length <= 3, next == 0x2E, byte(end + 1).isDigit, ip4(at: start) { return }
        if text[start] == 0x30, length == 4 ? next == 0x2E : next | 0x20 == 0x78, rareIP4(at: start) { return }
        if length <= 2, before == 0x3A, byte(start - 2).isDigit { return }  // the minutes of a time
        if before == 0x2D, userID(start) { return }
        if before == 0x2C, left(start - 2).isDigit { return }  // the hundreds of an amount
        if length < 7 {
            guard !next.isWord || next == 0x78 else { return numberInWord(start, end) }
            // Most numbers are short and stand alone.
            // Short ones can be telephones if a word says so.
            if length < 5 {
                switch next {
                case 0x20, 0x28, 0x29, 0x2D, 0x2E, 0x2F: break
                default: if before != 0x28, before != 0x2B { return }
                }
                // Nearly every number that a blank follows is followed by a word.
                if next == 0x20, byte(end + 1).isLetter, before == 0x20 { return }
                let isFree = next == 0x2D && byte(end + 1) == 0x38  // 1-800-FLOWERS
                if !isFree, !hasDigits(5 - length, near: end) { return }
            } else if before == 0x23 {
                return
            }
        }
        guard previous?.range.upperBound != start || before != 0x2D else { return }
        if length == 4, next == 0x2D, byte(end + 3) == 0x2D, byte(end + 6) == 0x54 || byte(end + 6) == 0x20,
            isISODay(start)
        {
            return
        }
        let groups = NumberGroups(text, from: start)
        if let book = NumberMeaning.book(groups) {
            datesDone = book
            return
        }
        if card(groups) || mayBePhone(groups) && phone(groups) { return }
        if groups.isRow { datesDone = groups.start(of: NumberGroups.most / 2) }
        if length >= 7, bare(groups, end) { return }
        if groups.digits(groups.count) >= 5 { isUnsettled = true }
    }

    /// No number is longer than fifteen digits and what is dialled to leave a country.
    private func mayBePhone(_ groups: NumberGroups) -> Bool {
        groups.count > 1 || groups[0] <= 15 || groups.first(0) == 0 || groups.hasPlus
    }

    /// Whether so many digits more follow with at most four signs between two of them: fewer are nobody's number.
    private func hasDigits(_ wanted: Int, near start: Int) -> Bool {
        var (left, gap, index) = (wanted, 0, start)
        while gap < 5 {
            if byte(index).isDigit {
                left -= 1
                if left == 0 { return true }
                gap = 0
            } else {
                gap += 1
            }
            index += 1
        }
        return false
    }

    /// `2026-11-23T…`, as log lines have it: passed over without reading its groups.
    private mutating func isISODay(_ start: Int) -> Bool {
        guard text[start] & 0xFE == 0x30 || text[start] == 0x32, byte(start + 5) <= 0x31, byte(start + 6).isDigit,
            byte(start + 8) <= 0x33,
            byte(start + 9).isDigit
        else { return false }
        datesDone = start + 10
        return true
    }

    // MARK: One group

    /// A long run of digits that is no telephone number: in text that leaves the house it names a post, an account, a person.
    private mutating func bare(_ groups: NumberGroups, _ end: Int) -> Bool {
        let start = groups.start(of: 0)
        let length = groups[0]
        if byte(end).isWord {
            numberInWord(start, end)
            return false
        }
        guard leaves, !isRow(start..<end), !isDecimal(start, end) else { return false }
        if length < 15, byte(start - 1) == 0x2D || byte(start - 1) == 0x2F, left(start - 2).isAlphanumeric {
            return false
        }
        guard isIdentifier(groups, start..<end) else { return false }
        found(.id, start..<end)
        return true
    }

    private func isIdentifier(_ groups: NumberGroups, _ range: Range<Int>) -> Bool {
        if range.count >= 15 { return range.count <= 32 && byte(range.lowerBound - 1) != 0x24 }
        switch NumberHint(text, before: groups.start) {
        case .id: return true
        case .none:
            return range.count >= 9 && !isCount(range.lowerBound, range.upperBound)
                && !NumberMeaning.isKnown(slice(range))
        default: return false
        }
    }

    /// Nine digits and more inside of a word, such as `ID123456789`, identify something.
    private mutating func numberInWord(_ start: Int, _ end: Int) {
        if end - start <= 2, byte(end) == 0x3A || byte(end) == 0x2E { return }
        if userID(start) { return }
        if end - start <= 2 || byte(end).isLetter, accountNumber(digits: start) { return }
        if end - start == 2, byte(end) == 0x20 || byte(end) == 0x2D, accountNumber(digits: start) { return }
        if end - start > 2, accountNumber(digits: start) { return }
        guard leaves, end - start >= 9 else { return spokenSecret(start) }
        let word = self.start(before: start, limit: 40) { $0.isWord }
        let stop = self.end(from: end, limit: 64) { $0.isWord }
        guard word >= done, byte(word - 1) != 0x23, stop - word <= 40, !isRow(start..<end), !isHexWord(word..<stop)
        else { return }
        if end - start < 15, NumberHint(text, before: word) == .thing {
            isUnsettled = true
            return
        }
        var digitless = word
        if text[word].isAlphanumeric, let end = shapedKey(at: word, &digitless) {
            return found(.token, word..<end)
        }
        found(.id, word..<stop)
    }

    private func isHexWord(_ range: Range<Int>) -> Bool {
        range.count >= 7 && text[range].allSatisfy { $0.isHex } && text[range].contains { $0.isLetter }
    }

    /// `user-123456`: the digits at `start` behind a hyphen or an underscore behind `user`.
    private mutating func userID(_ start: Int) -> Bool {
        let sign = byte(start - 1)
        guard sign == 0x2D || sign == 0x5F, reads("user", at: start - 5), start - 5 >= done, !isInsideWord(start - 5)
        else {
            return false
        }
        let end = end(from: start) { $0.isAlphanumeric || $0 == 0x2D || $0 == 0x5F }
        // multi-user-2
        if end - start < 2, byte(start - 6) == 0x2D, byte(start - 7).isWord { return false }
        // A numbered marker is no id: sanitizing again must change nothing.
        if sign == 0x5F, byte(start - 6) == 0x5B, byte(end) == 0x5D, text[start - 5].isUpper { return true }
        found(.id, (start - 5)..<end)
        return true
    }

    // MARK: Shared with the rules of cards and telephones

    /// One digit over and over: `<33333333` is a row of hearts.
    func isRow(_ range: Range<Int>) -> Bool {
        guard let first = text[range].first, range.count > 3 else { return false }
        return text[range].allSatisfy { $0 == first }
    }

    /// Part of a number with a fraction or thousands: `3.14159265`, `1,234567`.
    func isDecimal(_ start: Int, _ end: Int) -> Bool {
        let (before, after) = (byte(start - 1), byte(end))
        if before == 0x2E || before == 0x2C, left(start - 2).isDigit || before == 0x2E { return true }
        return (after == 0x2E || after == 0x2C) && byte(end + 1).isDigit
    }

    /// Round, or followed by a word that says what is counted.
    func isCount(_ start: Int, _ end: Int) -> Bool {
        var zeros = 0
        while zeros < end - start, text[end - 1 - zeros] == 0x30 { zeros += 1 }
        if zeros >= 5 || byte(end) == 0x25 { return true }
        guard byte(end) == 0x20 else { return false }
        return NumberHint.isUnit(text, at: end + 1)
    }
}
