/// Judges whether groups of digits are a telephone number, by the ways in which the world's numbering plans are written.
struct NumberPlan {
    private let number: NumberGroups
    private let leaves: Bool
    /// Whether the number of an extension follows, as only telephone numbers have.
    private let hasExtension: Bool
    private var knownHint: NumberHint?

    init(_ number: NumberGroups, leaves: Bool, hasExtension: Bool) {
        self.hasExtension = hasExtension
        self.number = number
        self.leaves = leaves
    }

    private mutating func hint() -> NumberHint {
        if let knownHint { return knownHint }
        let hint = NumberHint(number.text, before: number.start)
        knownHint = hint
        return hint
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
        if room >= 9, lengths.contains(room) { return first + 1 }
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
        guard (6...15).contains(digits) else { return false }
        switch verdict(count, digits) {
        case .yes: return hint() == .none || hint() == .phone
        case .no: return false
        case .asked:
            return (hint() == .phone || hasExtension) && digits >= 6 && (digits >= 7 || number.isUniform(count))
                && !areYears(count) && !isSmallTalk(count)
        }
    }

    private enum Verdict { case yes, no, asked }

    private mutating func verdict(_ count: Int, _ digits: Int) -> Verdict {
        let isBracketed = number.isBracketed && !number.isWrapped(count)
        if isThousands(count) {
            return number.pattern(count) == 333 && number.first(0) > 1 && !isRound(count)
                && !isCounted(number.end(of: 2)) ? .yes : .asked
        }
        if isBracketed { return bracketed(count, digits) }
        if number.contains(.parenthesis, in: count) {
            let opens = [0, 1, 7, 8].contains(number.first(0)) || (number[1] == 1 && number.first(1) == 0)
            return (8...15).contains(digits) && opens ? .yes : .asked
        }
        let pattern = number.pattern(count)
        if areYears(count) { return .no }
        if isFree(0), pattern != 324, digits > 6, digits < 14, !number.contains(.dot, in: count) { return .yes }
        if pattern == 324 || (pattern == 444 && number.first(0) != 0) || areDrawn(count) { return .asked }
        if number.first(0) == 0 { return trunk(count, digits, pattern) }
        if number.contains(.wide, in: count) { return .asked }
        if number.contains(.slash, in: count) {
            return leaves && pattern == 234 && number.separator(0) == .slash && number.separator(1) != .slash
                ? .yes : .asked
        }
        if number.contains(.dot, in: count) {
            return (pattern == 334 || pattern == 1334) && number.isUniform(count) ? .yes : .asked
        }
        return grouped(count, digits, pattern)
    }

    /// `(030) 1234567`, `(11) 96123-4567`.
    private func bracketed(_ count: Int, _ digits: Int) -> Verdict {
        // (0-612) 34567
        if number.first(0) == 0, number[0] == 1, number.separator(1) == .parenthesis {
            return (8...12).contains(digits) ? .yes : .asked
        }
        guard number.separator(0) == .parenthesis, (1...5).contains(number[0]), (7...12).contains(digits) else {
            return .asked
        }
        if DateLayout.isYear(number, 0), number[1] != 3 { return .no }
        for group in 1..<count
        where number[group] < 2 || DateLayout.isYear(number, group) && count < 3 && number[0] != 3 { return .asked }
        return .yes
    }

    /// A leading 0 as in most of the world: `020 7946 0958`, `0171/1234567`, `01 23 45 67 89`.
    private func trunk(_ count: Int, _ digits: Int, _ pattern: Int) -> Verdict {
        if number[0] == 1 {
            // `0-800-123-456`; the last group of an ISBN is one digit.
            for group in 1..<count where number[group] < 2 { return .asked }
            return count > 2 && (9...12).contains(digits) && !number.contains(.dot, in: count) ? .yes : .asked
        }
        if number.separator(0) == .dot, count == 2 { return .asked }
        if number[0] != 4 || number.value(0) != 800 {
            for group in 1..<count where number[group] < 2 { return .asked }
        }
        // 06-99/850 7662, yes; a postcode such as 07203-679, no.
        if number.contains(.slash, in: count), number.separator(0) != .slash, number.separator(1) != .slash {
            return .asked
        }
        if pattern == 53 || pattern == 54, number.separator(0) == .hyphen { return .asked }
        if pattern == 2222 { return number.separator(1) == .space ? .yes : .asked }
        return (8...14).contains(digits) || (leaves && pattern == 322) ? .yes : .asked
    }

    /// Spaces and hyphens between groups that plans without a leading 0 use.
    private func grouped(_ count: Int, _ digits: Int, _ pattern: Int) -> Verdict {
        let first = number.first(0)
        let hasSpaces = number.contains(.space, in: count)
        let hasHyphens = number.contains(.hyphen, in: count)
        switch pattern {
        case 334: return hasHyphens || first > 1 || leaves ? .yes : .asked
        case 1334: return first == 1 || first > 6 ? .yes : .asked
        case 34:
            // In logs, `200 5316` is a status and a size.
            let isOther =
                (isRound(2) && number.value(0) % 50 == 0) || DateLayout.isYear(number, 1) && hasSpaces
                || (hasSpaces && !leaves)
            return (first > 1 || leaves && hasHyphens) && !isOther ? .yes : .asked
        case 37: return first > 1 ? .yes : .asked
        case 137, 1333: return first == 1 && (hasHyphens || pattern == 137) ? .yes : .asked
        case 1324: return first == 1 && hasHyphens ? .yes : .asked
        case 35: return leaves && first > 1 && hasSpaces && !isRound(count) ? .yes : .asked
        case 26: return leaves && first > 1 && hasSpaces ? .yes : .asked
        case 322: return leaves && (hasHyphens || first > 1 && !isRound(count)) ? .yes : .asked
        case 224: return leaves && first > 1 && hasSpaces && !isRound(count) ? .yes : .asked
        case 46: return leaves && first > 1 && hasSpaces && !isRound(count) ? .yes : .asked
        case 344, 244, 254: return .yes
        case 323, 3222, 2322, 3322: return hasSpaces || pattern == 3322 ? .yes : .asked
        case 13322: return first > 6 ? .yes : .asked
        case 55: return first > 5 ? .yes : .asked
        case 433, 4222, 432, 442, 443: return hasSpaces ? .yes : .asked
        case 333: return first > 1 ? .yes : .asked
        case 234: return hasSpaces ? .yes : .asked
        case 144: return first > 1 ? .yes : .asked
        case 44: return (first > 1 || leaves && hasSpaces) && !isRound(count) ? .yes : .asked
        case 2222: return hasSpaces && !hasHyphens && (first > 1 || leaves) ? .yes : .asked
        case 22222: return hasSpaces && !hasHyphens && digits == 10 ? .yes : .asked
        default: return general(count, digits)
        }
    }

    /// Any other grouping that a person could mean as a number to call.
    private func general(_ count: Int, _ digits: Int) -> Verdict {
        guard leaves, (3...5).contains(count), (9...12).contains(digits) else { return .asked }
        for group in 0..<count where !(2...5).contains(number[group]) { return .asked }
        return .yes
    }

    // MARK: One group

    private mutating func isPlain() -> Bool {
        let length = number[0]
        guard (7...15).contains(length) else { return false }
        let start = number.start(of: 0)
        let text = UnsafeBufferPointer(rebasing: number.text[start..<(start + length)])
        let next = start + length < number.text.count ? number.text[start + length] : 0
        if next == 0x2F || next == 0x3D { return false }
        let isLikely = looksDialled(text)
        if isLikely { return hint() == .phone || (hint() == .none && !isCounted(start + length)) }
        guard hint() == .phone else { return false }
        return !(length == 8 && NumberMeaning.isDay(text)) && !(length == 13 && NumberMeaning.isKnown(text))
            && !isCounted(start + length)
    }

    private func isCounted(_ end: Int) -> Bool {
        guard end + 1 < number.text.count, number.text[end] == 0x20 else { return false }
        var stop = end + 1
        while stop < number.text.count, number.text[stop].isLetter || number.text[stop] >= 0x80, stop - end < 24 {
            stop += 1
        }
        return NumberHint.units(UnsafeBufferPointer(rebasing: number.text[(end + 1)..<stop])) != 0
    }

    /// Whether digits without any grouping are a number of a plan that is told by its first digits.
    private func looksDialled(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        let (first, second) = (digits[0] & 0x0F, digits[1] & 0x0F)
        var zeros = 0
        for digit in digits.reversed() { if digit == 0x30 { zeros += 1 } else { break } }
        guard zeros < 5 else { return false }
        switch digits.count {
        case 9: return leaves && (first > 4 || first == 0)
        case 10:
            if leaves { return first != 1 }
            let isNorthAmerican = first > 1 && digits[3] > 0x31
            return isNorthAmerican || first > 5 || (first == 0 && second > 0)
        case 11:
            if first == 0 { return second > 0 || leaves }
            if first == 1 { return second > 2 || (second > 1 && digits[4] > 0x31) }
            return (first == 8 || first == 7) && second == 9 || hasCode(digits)
        case 12: return (first == 0 && second > 0) || hasCode(digits)
        case 13: return hasCode(digits) && !NumberMeaning.isKnown(digits)
        default: return false
        }
    }

    /// Whether digits of the right length begin with the code of a country that is not written as one.
    private func hasCode(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        guard leaves else { return false }
        let first = [digits[0], digits[1], digits[2]].map { Int($0 & 0x0F) }
        let length = CallingCode.length(first[0], first[1], first[2])
        guard length > 0 else { return false }
        let lengths = CallingCode.lengths(first.prefix(length).reduce(0) { $0 * 10 + $1 })
        return lengths.lowerBound > 8 && lengths.contains(digits.count)
    }

    // MARK: What only looks alike

    /// `10 000 000`.
    private func isThousands(_ count: Int) -> Bool {
        guard count >= 2, number[0] <= 3, !number.isBracketed else { return false }
        let separator = number.separator(0)
        guard separator == .space || separator == .dot, number.isUniform(count) else { return false }
        for group in 1..<count where number[group] != 3 { return false }
        return number.first(0) != 0
    }

    /// Whether a group is a code whose calls cost the caller nothing.
    private func isFree(_ group: Int) -> Bool {
        let value = number.value(group)
        return number.first(0) != 0 && (value == 800 || value == 1800)
    }

    private func isRound(_ count: Int) -> Bool { number.value(count - 1) % 100 == 0 }

    private func areYears(_ count: Int) -> Bool {
        for group in 0..<count where !DateLayout.isYear(number, group) { return false }
        return true
    }

    /// Numbers of a lottery: pairs that only rise and stay small.
    private func areDrawn(_ count: Int) -> Bool {
        guard count >= 4, number.separator(0) == .space || number.separator(0) == .hyphen else { return false }
        for group in 0..<count {
            guard number[group] <= 2, number.value(group) <= 60,
                group == 0 || number.value(group) > number.value(group - 1)
            else {
                return false
            }
        }
        return true
    }

    /// `call 10 15 20`: too small to be dialled.
    private func isSmallTalk(_ count: Int) -> Bool {
        for group in 0..<count where number[group] < 2 { return number.digits(count) < 7 }
        return false
    }

    private func digit(_ index: Int) -> Int { Int(number.text[index] & 0x0F) }
}
