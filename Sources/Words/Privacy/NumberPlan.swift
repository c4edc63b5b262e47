/// Judges whether groups of digits are a telephone number, by the ways in which the world's numbering plans are written.
struct NumberPlan {
    let number: NumberGroups
    /// Whether people wrote what stands around, rather than a program: a sentence allows for more forms.
    let isProse: Bool
    /// Whether the number of an extension follows, as only telephone numbers have.
    private let hasExtension: Bool
    private var knownHint: NumberHint?

    init(_ number: NumberGroups, isProse: Bool, hasExtension: Bool) {
        self.hasExtension = hasExtension
        self.number = number
        self.isProse = isProse
    }

    /// What is said of the number, before it or behind its first `count` groups.
    mutating func hint(_ count: Int) -> NumberHint {
        var hint = NumberHint.none
        if let knownHint {
            hint = knownHint
        } else {
            hint = NumberHint(number.text, before: number.start)
            knownHint = hint
        }
        return hint == .none && NumberHint.followsPhone(number.text, at: number.end(of: count - 1)) ? .phone : hint
    }

    // MARK: With a country's code

    /// How many groups belong to a number whose country code begins in group `first` behind `skipping` digits.
    func international(from first: Int, skipping: Int) -> Int? {
        let start = number.start(of: first) + skipping
        let room = number[first] - skipping
        guard room > 0 else { return nil }
        let length = CallingCode.length(digit(start), room > 1 ? digit(start + 1) : 0, room > 2 ? digit(start + 2) : 0)
        guard length > 0, length <= room else { return nil }
        var code = 0
        for offset in 0..<length { code = code * 10 + digit(start + offset) }
        let lengths = CallingCode.lengths(code)
        let before = number.digits(first) + skipping
        // A number written without spaces is over where its digits are.
        let goesOn =
            number.separator(first) == .hyphen && number.count > first + 1
            && lengths.contains(number.digits(first + 2) - before)
        if room >= 9, lengths.contains(room), !goesOn { return first + 1 }
        for count in stride(from: number.count, to: first, by: -1) {
            guard lengths.contains(number.digits(count) - before) else { continue }
            if count > first + 1, number.separator(count - 2) == .wide, number[count - 1] > 5 { continue }
            return count
        }
        return nil
    }

    /// `00 44 …`, `011 44 …`.
    func withAccessCode() -> Int? {
        guard number.first(0) == 0, number[0] >= 2 else { return nil }
        let start = number.start(of: 0)
        let length = digit(start + 1) == 0 ? 2 : 3
        guard number[0] >= length, length == 2 || (digit(start + 1) == 1 && digit(start + 2) == 1) else { return nil }
        let isApart = number[0] == length
        guard !isApart || number.count > 1, number.separator(0) != .dot || number.count > 2,
            let count = international(from: isApart ? 1 : 0, skipping: isApart ? 0 : length)
        else { return nil }
        return number.digits(count) >= 9 + length ? count : nil
    }

    // MARK: As dialled in a country

    mutating func isNational(_ count: Int) -> Bool {
        if count == 1 { return isPlain() }
        let digits = number.digits(count)
        guard (5...15).contains(digits) else { return false }
        switch verdict(count, digits) {
        case .yes: return hint(count) == .none || hint(count) == .phone
        case .no: return false
        case .asked:
            if digits < 7 { return isShort(count) && isCalled(count) && !isRound(count) }
            return (hint(count) == .phone || hasExtension) && !areYears(count) && !areRoundSpan(count)
        }
    }

    // MARK: One group

    mutating func isPlain() -> Bool {
        let length = number[0]
        guard (5...15).contains(length) else { return false }
        let start = number.start(of: 0)
        let text = UnsafeBufferPointer(rebasing: number.text[start..<(start + length)])
        let next = start + length < number.text.count ? number.text[start + length] : 0
        if next == 0x2F || next == 0x3D { return false }
        if length < 7 { return !isRound(1) && isCalled(1) && !isCounted(start + length) }
        let isLikely = looksDialled(text)
        if isLikely { return hint(1) == .phone || (hint(1) == .none && !isCounted(start + length)) }
        guard hint(1) == .phone else { return false }
        return !(length == 8 && NumberMeaning.isDay(text))
            && !(length == 13 && NumberMeaning.isKnown(text) && !isCalled(1))
            && !isCounted(start + length)
    }

    /// `call me at 22158`: whether one of the nearest words says so, more plainly than `number 22158`. Short numbers need that.
    func isCalled(_ count: Int) -> Bool {
        NumberHint(number.text, before: number.start, among: 3, trusting: false) == .phone
            || NumberHint.followsPhone(number.text, at: number.end(of: count - 1))
    }

    func isCounted(_ end: Int) -> Bool {
        end + 1 < number.text.count && number.text[end] == 0x20 && NumberHint.isUnit(number.text, at: end + 1)
    }

    /// Whether what follows is no noun, so that nothing is counted.
    func goesOn(_ count: Int) -> Bool {
        let end = number.end(of: count - 1)
        guard end + 1 < number.text.count, number.text[end] == 0x20, number.text[end + 1].isLetter else { return true }
        return NumberHint.isPlainWord(number.text, at: end + 1)
    }

    /// Whether digits without any grouping are a number of a plan that is told by its first digits.
    func looksDialled(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        let (first, second) = (digits[0] & 0x0F, digits[1] & 0x0F)
        var zeros = 0
        for digit in digits.reversed() { if digit == 0x30 { zeros += 1 } else { break } }
        guard zeros < 5 else { return false }
        switch digits.count {
        case 8: return isProse && first > 1 && zeros < 2 && !NumberMeaning.isDay(digits)
        case 9: return isProse && first != 1
        case 10:
            if isProse { return first != 1 }
            let isNorthAmerican = first > 1 && digits[3] > 0x31
            return isNorthAmerican || first > 5 || (first == 0 && second > 0)
        case 11:
            if first == 0 { return second > 0 || isProse }
            // A mobile telephone of Brazil: two digits for the place, and a 9.
            if isProse, second > 0, digits[2] == 0x39 { return true }
            if first == 1 { return second > 2 || (second > 1 && digits[4] > 0x31) }
            return (first == 8 || first == 7) && second == 9 || hasCode(digits)
        case 12: return (first == 0 && second > 0) || hasCode(digits)
        case 13: return hasCode(digits) && !NumberMeaning.isKnown(digits)
        default: return false
        }
    }

    /// Whether digits of the right length begin with the code of a country that is not written as one.
    func hasCode(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        guard isProse else { return false }
        let (first, second, third) = (Int(digits[0] & 0x0F), Int(digits[1] & 0x0F), Int(digits[2] & 0x0F))
        let length = CallingCode.length(first, second, third)
        guard length > 0 else { return false }
        let lengths = CallingCode.lengths([first, first * 10 + second, first * 100 + second * 10 + third][length - 1])
        return lengths.lowerBound > 8 && lengths.contains(digits.count)
    }

    func digit(_ index: Int) -> Int { Int(number.text[index] & 0x0F) }
}
