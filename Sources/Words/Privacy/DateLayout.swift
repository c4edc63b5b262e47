/// Which groups of digits are a day.
enum DateLayout {
    /// How many of the first groups are a date: `2026-11-23`, `23.11.2026`, `11/23/26`, with one separator throughout.
    static func groups(_ number: NumberGroups) -> Int? {
        if isMoment(number) { return 2 }
        guard number.count >= 3, !number.isBracketed || number.isWrapped(3), number.separator(0) == number.separator(1)
        else { return nil }
        switch number.separator(0) {
        case .hyphen, .dot, .slash, .space: break
        default: return nil
        }
        guard number.count == 3 || number.separator(2) != number.separator(0) || number.separator(0) == .space else {
            return nil
        }
        let sizes = (number[0], number[1], number[2])
        switch sizes {
        case (4, 1...2, 1...2): return isYear(number, 0) && isDay(number, 1, 2) ? 3 : nil
        case (1...2, 1...2, 4): return isYear(number, 2) && isDay(number, 0, 1) ? 3 : nil
        case (1...2, 1...2, 2):
            let isPlain = number.count == 3 && number.separator(0) != .space
            return isPlain && (isDay(number, 0, 1) || isDay(number, 1, 2)) ? 3 : nil
        default: return nil
        }
    }

    /// `081109 203615` and `0701/114930`, as the lines of many logs begin.
    private static func isMoment(_ number: NumberGroups) -> Bool {
        guard number.count > 1, number[1] == 6,
            number[0] == 6 && number.separator(0) == .space
                || number[0] == 4 && number.separator(0) == .slash
        else { return false }
        let (day, time) = (number.value(0) % 10_000, number.value(1))
        return (1...12).contains(day / 100) && (1...31).contains(day % 100) && time < 240_000 && time / 100 % 100 < 60
            && time % 100 < 60
    }

    static func isYear(_ number: NumberGroups, _ group: Int) -> Bool {
        number[group] == 4 && (1800...2199).contains(number.value(group))
    }

    /// `2003 0523`.
    static func isYearAndDay(_ number: NumberGroups) -> Bool {
        let (month, day) = number.value(1).quotientAndRemainder(dividingBy: 100)
        return (1900...2099).contains(number.value(0)) && number[1] == 4 && (1...12).contains(month)
            && (1...31).contains(day)
    }

    /// Month and day in either order.
    private static func isDay(_ number: NumberGroups, _ first: Int, _ second: Int) -> Bool {
        let (a, b) = (number.value(first), number.value(second))
        return a > 0 && b > 0 && min(a, b) <= 12 && max(a, b) <= 31
    }
}
