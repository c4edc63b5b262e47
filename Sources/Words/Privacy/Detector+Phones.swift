/// Telephone numbers, told from dates, prices, years, scores and other numbers by their groups and the words before them.
extension Detector {
    /// True if the number was dealt with: taken down, or passed over as a date.
    mutating func phone(_ number: NumberGroups) -> Bool {
        guard number.count > 0 else { return false }
        if !number.hasPlus, let groups = DateLayout.groups(number) {
            datesDone = max(datesDone, number.end(of: groups - 1))
            return true
        }
        guard number.start >= done || number.hasPlus,
            !isRow(number.start(of: 0)..<number.end(of: 0)) || number.count > 1
        else { return false }
        let last = number.end(of: number.count - 1)
        let isLong = number.digits(number.count) >= 7
        var plan = NumberPlan(
            number, isProse: leaves || isProse(number), hasExtension: isLong && extensionEnd(from: last) > last)
        if number.hasPlus {
            if isInsideWord(number.start) { return false }
            if let count = plan.international(from: 0, skipping: 0) { return take(number, count) }
        }
        guard isFree(number), !isRow(number.start(of: 0)..<number.end(of: 0)) else { return false }
        if let count = plan.withAccessCode(), endsFree(number, count),
            !isArticle(number) || plan.hint(count) == .phone
        {
            return take(number, count)
        }
        for count in stride(from: number.count, through: 1, by: -1) {
            guard endsFree(number, count) else { continue }
            if plan.isNational(count) { return take(number, count) }
            // A number of another kind that names somebody, such as `SSN 123-45-6789`.
            if count > 1, number.digits(count) >= 8, plan.hint(count) == .id {
                found(.id, number.start(of: 0)..<number.end(of: count - 1))
                return true
            }
        }
        return vanity(number)
    }

    private mutating func take(_ number: NumberGroups, _ count: Int) -> Bool {
        let end = extensionEnd(from: number.end(of: count - 1))
        // The parentheses around all of a number stay.
        var start =
            byte(number.start) == 0x28 && !number.contains(.parenthesis, in: count) ? number.start + 1 : number.start
        if leaves, reads("tel:", at: start - 4) { start -= 4 }
        found(.phone, start..<end)
        return true
    }

    /// Thirteen digits with the check digit of goods.
    private func isArticle(_ number: NumberGroups) -> Bool {
        number[0] == 13 && NumberMeaning.isArticle(slice(number.start(of: 0)..<number.end(of: 0)))
    }

    // MARK: What stands around

    /// Whether a sentence stands around the number, in text of which programs wrote most: words, and no name, quote, path or
    /// other number. Digits in one group need more of it, as programs write such numbers most.
    private func isProse(_ number: NumberGroups) -> Bool {
        var start = number.start
        let end = number.end(of: number.count - 1)
        if byte(start - 1) == 0x28 {
            guard number.count > 1 || byte(end) == 0x29 else { return false }
            start -= 1
        }
        if start > 0 {
            guard byte(start - 1) == 0x20 || byte(start - 1) == 0x0A else { return false }
            var word = start - 1
            if number.count > 1, byte(word - 1).isOne(of: ",;:.!?)") { word -= 1 }
            let letters = self.start(before: word, limit: 24) { $0.isLetter || $0 >= 0x80 || $0 == 0x27 }
            guard letters < word || word == 0 || byte(word) == 0x0A else { return false }
            if byte(letters - 1).isDigit || byte(letters - 1).isOne(of: "/=._\"") { return false }
        }
        switch byte(end) {
        case 0: return end == text.count
        case 0x20: return !byte(end + 1).isDigit && byte(end + 1) != 0x22
        case 0x0A, 0x21, 0x29, 0x2C, 0x2D, 0x2E, 0x3B, 0x3F: return true
        default: return false
        }
    }

    /// Whether the number is no part of a longer one, of a price or of a word with hyphens.
    private func isFree(_ number: NumberGroups) -> Bool {
        let start = number.start
        let (before, second) = (byte(start - 1), left(start - 2))
        switch before {
        case 0x2E: return !second.isDigit && second != 0x20 && second != 0  // less than .000001
        case 0x2C, 0x3A: return !second.isDigit
        // A minus, or the hyphen of `Mob-9876543210`.
        case 0x2D where second == 0x20 || second.isLetter:
            if second == 0x20, number.count > 1 { return true }
            return number.digits(number.count) > 6 && NumberHint(text, before: start, among: 1) == .phone
        case 0x2D, 0x5F: return !second.isWord
        case 0x2F: return !second.isAlphanumeric && second != 0x2F
        case 0x3D, 0x23, 0x22:
            return leaves || number.count > 1 || number.isBracketed || NumberHint(text, before: start) == .phone
        case 0x24, 0x2B, 0x25: return false
        case 0x2A: return second != 0x2A  // a masked id
        case 0x80...: return !isCurrency(endingAt: start)
        case 0x20 where second.isDigit && number.separator(0) == .space && start > datesDone + 1:
            // The groups of a longer number; one or two digits before may count something, or be the thousands' first.
            if foundEnd == start - 1 { return true }
            return !(byte(start - 3).isDigit && byte(start - 4).isDigit) && number.pattern(2) != 33
        case 0x20 where second == 0x3D && byte(start - 3) == 0x20 && number.count == 1:
            return NumberHint(text, before: start) == .phone  // 2^32 = 4294967296
        case 0x20: return second != 0x24 && !(second >= 0x80 && isCurrency(endingAt: start - 1))
        default: return true
        }
    }

    /// `€`, `£`, `¥`, `₹` and their like.
    private func isCurrency(endingAt end: Int) -> Bool {
        (byte(end - 2) == 0xC2 && (0xA2...0xA5).contains(byte(end - 1)))
            || (byte(end - 3) == 0xE2 && byte(end - 2) == 0x82 && byte(end - 1) >= 0xA0)
    }

    private func endsFree(_ number: NumberGroups, _ count: Int) -> Bool {
        let end = number.end(of: count - 1)
        let (next, second) = (byte(end), byte(end + 1))
        switch next {
        case 0x2E, 0x3A: return !second.isDigit
        // Thousands and what is before a decimal comma end in groups of three; a list may go on behind longer ones.
        case 0x2C: return !second.isDigit || count > 1 && number[count - 1] > 3 && !number.contains(.dot, in: count)
        case 0x2D:
            return !second.isAlphanumeric || (second.isUpper && byte(end + 2).isLetter)
                || NumberHint.followsPhone(text, at: end)
        case 0x25: return false
        case 0x20:
            if second == 0x25 || second == 0x24 || (second == 0xE2 && byte(end + 2) == 0x82) { return false }
            // Whole numbers side by side, each complete.
            if count == 1, number[0] > 6, number[1] > 6 { return true }
            return number.count == count || number.digits(number.count) - number.digits(count) < 4
                || number.separator(count - 1) != .space
                || number.separator(0) != .space
                || DateLayout.isYear(number, count)
        case 0x40: return false
        default:
            return !next.isWord || extensionEnd(from: end) > end || next == 0x6F
                || (next.isLetter && isEscapeAhead(end))
        }
    }

    private func isEscapeAhead(_ index: Int) -> Bool { byte(index) == 0x5C }

    /// `ext. 12`, `x12`, `;ext=12`, `# 12` behind a number.
    func extensionEnd(from end: Int) -> Int {
        var index = self.end(from: end, limit: 3) { $0 == 0x20 || $0 == 0x2C || $0 == 0x3B || $0 == 0x28 }
        let isBracketed = byte(index - 1) == 0x28 && index > end
        let first = byte(index) | 0x20
        // e, x, d, a, i, # and д are what the words below begin with.
        guard
            first == 0x65 || first == 0x78 || first == 0x64 || first == 0x61 || first == 0x69 || byte(index) == 0x23
                || byte(index) == 0xD0
        else { return end }
        var isWord = false
        for word in Self.extensionWords where reads(word, at: index) {
            if word.utf8CodeUnitCount == 1, index > end + 1 { return end }
            index += word.utf8CodeUnitCount
            isWord = true
            break
        }
        guard isWord else { return end }
        index = self.end(from: index, limit: 3) { $0 == 0x2E || $0 == 0x20 || $0 == 0x3A || $0 == 0x3D || $0 == 0x23 }
        let digits = self.end(from: index, limit: 8) { $0.isDigit }
        guard digits > index, digits - index <= 7, !byte(digits).isWord else { return end }
        return isBracketed && byte(digits) == 0x29 ? digits + 1 : digits
    }

    private static let extensionWords: [StaticString] = [
        "extension", "extn", "ext", "xtn", "durchwahl", "доб", "anexo", "int", "x", "#",
    ]

    /// `1-800-FLOWERS`: seven letters or more behind a code whose calls are free.
    private mutating func vanity(_ number: NumberGroups) -> Bool {
        let last = number.count - 1
        guard last == 0 || (last == 1 && number[0] == 1 && number.first(0) == 1), number[last] == 3,
            number.first(last) == 8,
            [800, 888, 877, 866, 855, 844, 833, 822].contains(number.value(last)), byte(number.end(of: last)) == 0x2D
        else { return false }
        let start = number.end(of: last) + 1
        let end = end(from: start, limit: 16) { $0.isUpper || $0.isDigit || $0 == 0x2D }
        let signs = text[start..<end].count { $0 != 0x2D }
        guard (6...10).contains(signs), !byte(end).isWord else { return false }
        found(.phone, number.start..<end)
        return true
    }
}
