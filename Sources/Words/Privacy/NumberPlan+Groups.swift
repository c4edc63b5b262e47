/// How likely groups of digits are a number as it is dialled in some country.
extension NumberPlan {
    /// `asked`: only if a word says so.
    enum Verdict { case yes, no, asked }

    mutating func verdict(_ count: Int, _ digits: Int) -> Verdict {
        if digits < 6 { return .asked }
        if isThousands(count) { return thousands(count) }
        if number.isBracketed, !number.isWrapped(count) { return bracketed(count, digits) }
        if number.contains(.parenthesis, in: count) {
            return (8...15).contains(digits) && opensCode(count) ? .yes : .asked
        }
        let pattern = number.pattern(count)
        if areYears(count) { return .no }
        if areHours(count) { return .asked }
        // A column of numbers.
        if !isProse, isInRow || number.count > count, number.contains(.space, in: count) { return .asked }
        if isFree(0), pattern != 324 || number.separator(0) == .space, digits > 6, digits < 14,
            !number.contains(.dot, in: count)
        {
            return .yes
        }
        if pattern == 324 || (pattern == 444 && number.first(0) != 0) || areDrawn(count) { return .asked }
        if arePairs(count), number.count > count || number.count > 5 || isInRow { return .asked }
        if number.first(0) == 0 { return trunk(count, digits, pattern) }
        if number.contains(.wide, in: count) { return .asked }
        if number.contains(.slash, in: count) {
            if count == 2, DateLayout.isYear(number, 1) { return .no }  // no. 123/2024
            return isProse && (pattern == 234 || pattern == 334 && number.first(0) > 1) && number.separator(0) == .slash
                && number.separator(1) != .slash ? .yes : .asked
        }
        if number.contains(.dot, in: count) {
            return number.isUniform(count) && isDotted(pattern) ? .yes : .asked
        }
        return grouped(count, digits, pattern)
    }

    /// `8 (912) 345-67-89`, `+44 (0)20 …`: a code in parentheses behind a trunk or a country.
    func opensCode(_ count: Int) -> Bool {
        let isZero = number[1] == 1 && number.first(1) == 0
        guard number.separator(0) == .parenthesis, isZero || number[1] > 1 else {
            return number.first(0) == 0 && !number.contains(.dot, in: count)
        }
        // 8 (71234) 5 67 89, in the villages of Kazakhstan.
        let isVillage = number[1] == 5 && number.digits(count) == 11
        for group in 2..<max(2, count) where number[group] < 2 && !isVillage { return false }
        return isZero || [0, 1, 7, 8].contains(number.first(0))
    }

    /// `555.867.5309`, and in sentences a few others that no version and no amount is written like.
    func isDotted(_ pattern: Int) -> Bool {
        switch pattern {
        case 334, 1334: true
        case 3222: isProse && number.value(0) > 255
        case 13322: isProse && number.first(0) == 8
        case 433: isProse && isServiceCode(0)
        default: false
        }
    }

    /// `612 345 678`, `71 123 456`, `1 800 123 456`, which may be an amount just as well.
    func thousands(_ count: Int) -> Verdict {
        let pattern = number.pattern(count)
        if isRound(count) || isCounted(number.end(of: count - 1)) { return .asked }
        switch pattern {
        case 333: return number.first(0) > 1 ? .yes : .asked
        case 233:
            return isProse && number.first(0) > 1 && number.separator(0) == .space && goesOn(count) ? .yes : .asked
        case 1333: return isProse && number.first(0) == 1 && number.value(1) % 100 == 0 ? .yes : .asked
        default: return .asked
        }
    }

    /// `(030) 1234567`, `(11) 96123-4567`.
    func bracketed(_ count: Int, _ digits: Int) -> Verdict {
        // (0-612) 34567
        if number.first(0) == 0, number[0] == 1, number.separator(1) == .parenthesis {
            return (8...12).contains(digits) ? .yes : .asked
        }
        // (06 1) 234 5678
        let isSplit = count > 2 && number.separator(0) == .space && number.separator(1) == .parenthesis
        guard isSplit || number.separator(0) == .parenthesis, (1...5).contains(number[0]), (7...13).contains(digits)
        else { return .asked }
        if isSplit { return number[0] + number[1] < 6 ? .yes : .asked }
        if DateLayout.isYear(number, 0), number[1] != 3 { return .no }
        for group in 1..<count
        where number[group] < 2 || DateLayout.isYear(number, group) && count < 3 && number[0] != 3 { return .asked }
        return .yes
    }

    /// A leading 0 as in most of the world: `020 7946 0958`, `0171/1234567`, `01 23 45 67 89`.
    func trunk(_ count: Int, _ digits: Int, _ pattern: Int) -> Verdict {
        if number[0] == 1 {
            // `0-800-123-456`; the last group of an ISBN is one digit.
            for group in 1..<count where number[group] < 2 { return .asked }
            return count > 2 && (9...12).contains(digits) && !number.contains(.dot, in: count) ? .yes : .asked
        }
        // No decimal begins with a 0 and another digit.
        if number.separator(0) == .dot, count == 2, !isProse || number[0] < 3 || number.value(0) < 10 { return .asked }
        if number[0] == 2, number.value(0) == 0 { return .asked }
        let isService = number[0] == 4 && isServiceCode(0)
        if isService { return digits >= 7 && (digits >= 8 || isProse) ? .yes : .asked }
        // `0180 1 2345`, `06 1 237 9266`.
        var single = digits > 8 && number.isUniform(count) && number.separator(0) != .dot ? count - 1 : 0
        for group in 1..<count
        where number[group] < 2 && !(number.separator(group) == .slash && number[group + 1] > 2) {
            if group >= single { return .asked }
            single = 0
        }
        // 06-99/850 7662, yes; a postcode such as 07203-679, no.
        if number.contains(.slash, in: count), number.separator(0) != .slash, number.separator(1) != .slash {
            return .asked
        }
        if pattern == 53 || pattern == 54, number.separator(0) == .hyphen { return .asked }
        if pattern == 2222 { return number.separator(1) == .space || number.isUniform(count) ? .yes : .asked }
        return (8...14).contains(digits) || (isProse && pattern == 322) ? .yes : .asked
    }

    /// Spaces and hyphens between groups that plans without a leading 0 use.
    func grouped(_ count: Int, _ digits: Int, _ pattern: Int) -> Verdict {
        let first = number.first(0)
        let hasSpaces = number.contains(.space, in: count)
        let hasHyphens = number.contains(.hyphen, in: count)
        switch pattern {
        case 334: return hasHyphens || first > 1 || isProse ? .yes : .asked
        case 1334: return first == 1 || first > 6 ? .yes : .asked
        case 34:
            let isYear = hasSpaces && (1900...2035).contains(number.value(1))
            let isOther = (isRound(2) || isYear) && number.value(0) % 50 == 0 || isYear && first < 5
            return (first > 1 || isProse && hasHyphens) && (hasHyphens || isProse) && !isOther && !isHouse(count)
                ? .yes : .asked
        case 37: return first > 1 ? .yes : .asked
        case 137, 1333: return first == 1 && (hasHyphens || pattern == 137) ? .yes : .asked
        case 1324: return first == 1 && (hasHyphens || isProse && number.value(1) % 100 == 0) ? .yes : .asked
        case 133: return isProse && first > 1 && hasHyphens && number.isUniform(count) ? .yes : .asked
        case 233: return isProse && first > 1 && hasHyphens ? .yes : .asked
        case 35, 36: return isProse && first > 1 && !isRound(count) && !isHouse(count) ? .yes : .asked
        case 26: return isProse && first > 1 && !isRound(count) ? .yes : .asked
        case 25: return isProse && first > 1 && !isRound(count) && !isHouse(count) ? .yes : .asked
        case 17: return isProse && first > 1 && !isRound(count) ? .yes : .asked
        case 16: return isProse && first > 1 && number.first(1) == 0 && !isRound(count) ? .yes : .asked
        case 45, 54:
            return isProse && first > 1 && hasSpaces && !isRound(count) && !DateLayout.isYear(number, 0)
                && !isHouse(count)
                ? .yes : .asked
        // 104-98-15: won, lost, drawn.
        case 322: return isProse && (first > 1 || hasSpaces) && !isRound(count) ? .yes : .asked
        case 224: return isProse && first > 1 && !DateLayout.isYear(number, 2) ? .yes : .asked
        case 222: return isProse && number.value(0) > 31 && hasSpaces && !areMeasures ? .yes : .asked
        case 313: return isProse && number.value(0) == 444 && hasSpaces ? .yes : .asked
        case 46:
            let isPlace = first > 1 && hasSpaces
            return isProse && (isPlace || isTollCode(0)) && !isRound(count) ? .yes : .asked
        case 344, 244, 254: return .yes
        case 323 where first == 1 && hasHyphens: return .asked
        case 323, 3222, 2322, 3322: return hasSpaces || isProse || pattern == 3322 ? .yes : .asked
        case 13322: return first > 6 ? .yes : .asked
        case 15122: return isProse && first == 8 ? .yes : .asked
        case 55: return first > 5 && !(hasHyphens && isSpan) ? .yes : .asked
        case 433, 4222, 432, 442, 443: return hasSpaces || isProse ? .yes : .asked
        case 43: return isProse && hasHyphens && isServiceCode(0) ? .yes : .asked
        case 4333: return isServiceCode(0) && hasSpaces ? .yes : .asked
        case 333: return first > 1 ? .yes : .asked
        case 234: return hasSpaces || isProse ? .yes : .asked
        case 144: return first > 1 ? .yes : .asked
        case 44:
            if first == 1, hasHyphens { return isProse && isTollCode(0) && !isSpan ? .yes : .asked }
            if DateLayout.isYearAndDay(number) { return .asked }
            let areRound = isRound(count) && (!isProse || number.value(0) % 100 == 0)
            return (first > 1 || isProse) && !areRound && (isProse || !isSerial(count)) && !isHouse(count)
                ? .yes : .asked
        case 2222: return hasSpaces != hasHyphens && (first > 1 || isProse) ? .yes : .asked
        case 14222, 13222: return first == 8 ? .yes : .asked
        case 22222: return .asked
        case 134, 126, 12222: return isProse && first > 1 && !isInRow ? .yes : .asked
        default: return general(count, digits)
        }
    }

    /// Any other grouping that a person could mean as a number to call.
    func general(_ count: Int, _ digits: Int) -> Verdict {
        guard isProse, (3...6).contains(count), (9...13).contains(digits), number.count == count, !isInRow else {
            return .asked
        }
        var short = 0
        for group in 0..<count {
            if number[group] > 5 { return .asked }
            if number[group] == 1 { short += 1 }
        }
        if count == 3, number[2] < 3 { return .asked }
        return short == 0 || (short == 1 && number[0] > 1 && number[count - 1] > 2) ? .yes : .asked
    }
}
