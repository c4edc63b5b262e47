/// Telephone numbers, told from dates, prices, years and scores by their groups.
extension Scanner {
    /// A phone number at `start`, or a date, which is passed over whole so that its parts begin nothing.
    mutating func phoneOrDate(at start: Int) -> Bool {
        let number = GroupedNumber(bytes: bytes, from: start)
        guard let first = number.groups.first, !number.isRow, !number.follows(start, for: purpose) else { return false }
        if number.isDate {
            position = number.groups[2].upperBound
            return true
        }
        if !number.isInternational, first.count >= 15 { return false }
        // No grouping begins with one digit but 1-800-555-0199.
        if !number.isInternational, first.count == 1, number.groups.count < 4 || number.groups[1].count != 3 {
            return false
        }
        for count in stride(from: number.groups.count, through: 1, by: -1) {
            let end = number.groups[count - 1].upperBound
            guard number.isPhone(count, for: purpose), count > 1 || number.isInternational || !byte(end).isWord
            else { continue }
            found(number.digits(count) > 15 ? .id : .phone, start..<end)
            return true
        }
        return false
    }
}

/// Digits in groups, as people write telephone numbers: at most eight groups with one separator, or `) `, between them.
struct GroupedNumber {
    private(set) var groups: [Range<Int>] = []
    private(set) var isInternational = false
    private var separators: [UInt8] = []
    private var hasParenthesis = false
    private let bytes: UnsafeBufferPointer<UInt8>

    init(bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        self.bytes = bytes
        var index = start
        if at(index) == 0x2B {
            isInternational = true
            index += 1
        }
        if at(index) == 0x28 {
            hasParenthesis = true
            index += 1
        }
        var digits = 0
        while groups.count < 8 {
            var end = index
            while at(end).isDigit, end - index < 32 { end += 1 }
            guard end > index, groups.isEmpty || digits + end - index <= 20 else { break }
            groups.append(index..<end)
            digits += end - index
            guard let (next, separator) = separator(at: end) else { break }
            separators.append(separator)
            index = next
        }
        if groups.first?.count ?? 0 > 3, matchesDoubleZero { isInternational = true }
    }

    func digits(_ count: Int) -> Int { groups[..<count].reduce(0) { $0 + $1.count } }

    /// Whether the number goes on from digits before it: `1,234`, `3.14`, and in machine text `10:30`.
    func follows(_ start: Int, for purpose: Scanner.Purpose) -> Bool {
        guard start > 1, bytes[start].isDigit, bytes[start - 2].isDigit else { return false }
        let before = bytes[start - 1]
        return before == 0x2C || before == 0x2E || (before == 0x3A && purpose == .redact)
    }

    /// One digit over and over: `<33333333` is a row of hearts.
    var isRow: Bool {
        groups.count == 1 && groups[0].count > 3 && !isInternational
            && bytes[groups[0]].allSatisfy { $0 == bytes[groups[0].lowerBound] }
    }

    /// `2026-11-23`, `23.11.2026`, `11/23/2026`.
    var isDate: Bool {
        guard groups.count >= 3, !isInternational, !hasParenthesis, separators[0] == separators[1],
            "-./".utf8.contains(separators[0])
        else { return false }
        let sizes = groups.prefix(3).map(\.count)
        let isYearFirst = sizes[0] == 4 && sizes[1] <= 2 && sizes[2] <= 2 && isYear(0)
        let isYearLast = sizes[0] <= 2 && sizes[1] <= 2 && sizes[2] == 4 && isYear(2)
        return isYearFirst || isYearLast
    }

    func isPhone(_ count: Int, for purpose: Scanner.Purpose) -> Bool {
        let digits = digits(count)
        if isInternational { return (7...15).contains(digits) }
        if count == 1 { return isPlainPhone(for: purpose) }
        return isNorthAmerican(count) || isTrunk(count, digits) || (purpose == .sanitize && isLoose(count, digits))
    }

    private func isPlainPhone(for purpose: Scanner.Purpose) -> Bool {
        let group = groups[0]
        let first = bytes[group.lowerBound]
        switch purpose {
        case .redact:
            // Ten digits from 2 up, as North America dials; eleven with a trunk 0 or 1. Unix times begin with 1 or are longer.
            let opensArea =
                first > UInt8(ascii: "1") && bytes[group.lowerBound + (group.count > 3 ? 3 : 0)] > UInt8(ascii: "1")
            let hasTrunk = first == UInt8(ascii: "0") && (10...12).contains(group.count)
            let hasCountry = first == UInt8(ascii: "1") && group.count == 11
            return (group.count == 10 && opensArea) || hasTrunk || hasCountry
        case .sanitize:
            let isRound = bytes[group].dropFirst().allSatisfy { $0 == UInt8(ascii: "0") }
            let isDay = group.count == 8 && isYear(0) && isMonthAndDay(group.lowerBound + 4)
            return (7...14).contains(group.count) && !isDay && !(isRound && group.count < 10) && !isDecimal
        }
    }

    /// `1234567.89`: a single group that a decimal point follows.
    private var isDecimal: Bool { separators.first == 0x2E && groups.count == 2 && groups[0].count < 10 }

    /// `555-0123`, `(555) 012-3456`, `1-800-555-0199`.
    private func isNorthAmerican(_ count: Int) -> Bool {
        let sizes = groups[..<count].map(\.count)
        if sizes == [3, 4] { return separators[0] == 0x2D || (hasParenthesis && separators[0] == 0x29) }
        if sizes == [3, 3, 4] { return true }
        return sizes == [1, 3, 3, 4] && bytes[groups[0].lowerBound] == UInt8(ascii: "1")
    }

    /// A leading 0 as in most of Europe: `020 7946 0958`, `0171/1234567`, `01 23 45 67 89`.
    private func isTrunk(_ count: Int, _ digits: Int) -> Bool {
        bytes[groups[0].lowerBound] == UInt8(ascii: "0") && groups[0].count >= 2 && (9...13).contains(digits)
            && groups[..<count].allSatisfy { $0.count >= 2 }
    }

    /// Any other grouping that a person could mean as a number to call.
    private func isLoose(_ count: Int, _ digits: Int) -> Bool {
        let used = separators[..<(count - 1)]
        guard used.allSatisfy({ $0 == 0x20 || $0 == 0x2D || $0 == 0x29 }) else { return false }
        let sizes = groups[..<count].map(\.count)
        if count == 2 {
            let areYears = sizes == [4, 4] && isYear(0) && isYear(1)
            return sizes.allSatisfy { $0 >= 3 } && digits >= 8 && !areYears
        }
        let areThousands = used.allSatisfy { $0 == 0x20 } && sizes.dropFirst().allSatisfy { $0 == 3 } && sizes[0] < 3
        return sizes.allSatisfy { $0 >= 2 } && digits >= 9 && !areThousands
    }

    private func isYear(_ group: Int) -> Bool {
        let start = groups[group].lowerBound
        return (at(start) == 0x31 && at(start + 1) == 0x39) || (at(start) == 0x32 && at(start + 1) == 0x30)
    }

    private func isMonthAndDay(_ start: Int) -> Bool {
        let month = Int(at(start) & 0x0F) * 10 + Int(at(start + 1) & 0x0F)
        let day = Int(at(start + 2) & 0x0F) * 10 + Int(at(start + 3) & 0x0F)
        return (1...12).contains(month) && (1...31).contains(day)
    }

    private var matchesDoubleZero: Bool { bytes[groups[0].lowerBound] == 0x30 && at(groups[0].lowerBound + 1) == 0x30 }

    private func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    private func separator(at index: Int) -> (next: Int, byte: UInt8)? {
        var next = index
        if at(next) == 0x29 || (at(next) == 0x20 && at(next + 1) == 0x28) {
            next += at(next) == 0x29 ? 1 : 2
            if " -.".utf8.contains(at(next)) { next += 1 }
            return at(next).isDigit ? (next, 0x29) : nil
        }
        guard " -./".utf8.contains(at(next)), at(next + 1).isDigit || at(next + 1) == 0x28 else { return nil }
        let byte = at(next)
        next += at(next + 1) == 0x28 ? 2 : 1
        return at(next).isDigit ? (next, byte) : nil
    }
}
