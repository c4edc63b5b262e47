/// What groups of digits may be instead of a telephone number.
extension NumberPlan {
    /// `10 000 000`.
    func isThousands(_ count: Int) -> Bool {
        guard count >= 2, number[0] <= 3, !number.isBracketed || number.isWrapped(count) else { return false }
        let separator = number.separator(0)
        guard separator == .space || separator == .dot, number.isUniform(count) else { return false }
        for group in 1..<count where number[group] != 3 { return false }
        return number.first(0) != 0
    }

    /// Whether a group is a code whose calls cost the caller nothing.
    func isFree(_ group: Int) -> Bool {
        let value = number.value(group)
        return number.first(0) != 0 && (value == 800 || value == 1800)
    }

    /// `0800`, `0900`, `1861`: codes of services rather than of places.
    func isServiceCode(_ group: Int) -> Bool {
        let value = number.value(group)
        return number.first(group) == 0 ? value / 100 == 8 || value / 100 == 9 : value / 100 == 18
    }

    /// `1544`, `1900`: codes of services that are not a country's only ones.
    func isTollCode(_ group: Int) -> Bool {
        let value = number.value(group)
        return [12, 13, 15, 16, 17, 18, 19].contains(value / 100)
    }

    /// From one number to another: `1544-1600`, `60000-64999`.
    var isSpan: Bool {
        let (from, to) = (number.value(0), number.value(1))
        return to > from && (to < 2100 || to - from < 100 || from % 1000 == 0)
    }

    /// `1000-5000`.
    func areRoundSpan(_ count: Int) -> Bool {
        count == 2 && number.pattern(2) == 44 && isSpan && number.value(0) % 500 == 0 && number.value(1) % 500 == 0
    }

    /// `90 60 90`: nothing but fives and tens.
    var areMeasures: Bool { (0..<number.count).allSatisfy { number.value($0) % 5 == 0 } }

    /// `704 1436 Redbud Drive`: whether spaces keep the groups apart and a name follows.
    func isHouse(_ count: Int) -> Bool {
        let end = number.end(of: count - 1)
        guard number.separator(0) == .space, end + 2 < number.text.count, number.text[end] == 0x20 else { return false }
        return number.text[end + 1].isUpper && number.text[end + 2].isLower
    }

    /// Groups of one or two digits only.
    func arePairs(_ count: Int) -> Bool {
        for group in 0..<count where number[group] > 2 { return false }
        return true
    }

    /// Whether another number stands right before this one.
    var isInRow: Bool {
        var index = number.start
        let floor = max(0, index - (isProse ? 1 : 8))
        while index > floor, number.text[index - 1] == 0x20 { index -= 1 }
        return index < number.start && index > 0 && number.text[index - 1].isDigit
    }

    /// An ISSN, by its check digit (ISO 3297): `2049-3630`.
    func isSerial(_ count: Int) -> Bool {
        guard number.separator(0) == .hyphen else { return false }
        var sum = 0
        for place in 0..<8 {
            let digit = number.text[number.start(of: place / 4) + place % 4] & 0x0F
            sum += Int(digit) * (8 - place)
        }
        return sum % 11 == 0
    }

    func isRound(_ count: Int) -> Bool { number.value(count - 1) % 100 == 0 }

    func areYears(_ count: Int) -> Bool {
        if count == 2, number.pattern(2) == 44, (1000...2099).contains(number.value(0)), number.value(1) < 2100 {
            return number.value(1) > number.value(0)
        }
        for group in 0..<count where !DateLayout.isYear(number, group) { return false }
        return true
    }

    /// `0730-0930`: from one time of day to a later one.
    func areHours(_ count: Int) -> Bool {
        guard count == 2, number.pattern(2) == 44, number.separator(0) == .hyphen || number.separator(0) == .wide else {
            return false
        }
        let (from, to) = (number.value(0), number.value(1))
        return from < to && to <= 2400 && from % 100 < 60 && to % 100 < 60 && from % 5 == 0 && to % 5 == 0
    }

    /// Numbers of a lottery: pairs that only rise and stay small.
    func areDrawn(_ count: Int) -> Bool {
        guard count >= 5 || (count == 4 && number.value(0) < 20),
            number.separator(0) == .space || number.separator(0) == .hyphen, number.isUniform(count)
        else { return false }
        for group in 0..<count {
            guard number[group] <= 2, number.value(group) <= 60,
                group == 0 || number.value(group) > number.value(group - 1)
            else {
                return false
            }
        }
        return true
    }

    /// `22 123`, `20-12-34`: groups that a short number is written in.
    func isShort(_ count: Int) -> Bool {
        switch number.pattern(count) {
        case 222: number.isUniform(count)
        case 23, 24, 15, 33, 32, 42: number.separator(0) == .space || number.separator(0) == .hyphen
        default: false
        }
    }
}
