/// Runs of digits that mean something that is nobody's: moments and numbers of books and goods.
enum NumberMeaning {
    static func isKnown(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        switch digits.count {
        case 8: isDay(digits) || isArticle(digits)
        case 9: false
        case 10: isUnixTime(digits) || isBook10(digits) || isDay(digits) && isTime(digits, 8)
        case 12, 14: isDay(digits) && isTime(digits, 8) || (digits.count == 12 && isArticle(digits))
        case 13: isUnixTime(digits) || isArticle(digits)
        default: false
        }
    }

    /// `20261123`.
    static func isDay(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        let year = number(digits, 0, 4)
        return (1900...2099).contains(year) && isMonth(number(digits, 4, 2)) && (1...31).contains(number(digits, 6, 2))
    }

    static func isMonth(_ value: Int) -> Bool { (1...12).contains(value) }

    /// Seconds or thousandths of them, from 2001 to 2033.
    private static func isUnixTime(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        digits[0] == 0x31 && digits[1] < 0x39
    }

    private static func isTime(_ digits: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        guard number(digits, start, 2) < 24 else { return false }
        for place in stride(from: start + 2, to: digits.count - 1, by: 2) where number(digits, place, 2) > 59 {
            return false
        }
        return true
    }

    /// ISBN-10.
    static func isBook10(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        var sum = 0
        for (place, digit) in digits.enumerated() { sum += (10 - place) * Int(digit & 0x0F) }
        return sum % 11 == 0
    }

    /// The end of an ISBN that is written in its four or five parts (ISO 2108), if the groups begin with one whose check digit
    /// is right.
    static func book(_ number: NumberGroups) -> Int? {
        let parts = number[0] == 3 ? 5 : 4
        guard number.count >= parts - 1, !number.hasPlus,
            number.separator(0) == .space || number.separator(0) == .hyphen
        else { return nil }
        let isLong = parts == 5
        guard !isLong || number.value(0) == 978 || number.value(0) == 979 else { return nil }
        let hasTen = number.digits(parts - 1) == 9 && !isLong
        var (sum, place) = (0, 0)
        for group in 0..<min(parts, number.count) {
            for index in number.start(of: group)..<number.end(of: group) {
                let digit = Int(number.text[index] & 0x0F)
                sum += isLong ? digit * (place & 1 == 0 ? 1 : 3) : digit * (10 - place)
                place += 1
            }
        }
        if number.count >= parts, number[parts - 1] == 1, number.isUniform(parts) {
            guard isLong ? place == 13 && sum % 10 == 0 : place == 10 && sum % 11 == 0 else { return nil }
            return number.end(of: parts - 1)
        }
        // The check digit of ten may be an X.
        let end = number.end(of: number.count - 1)
        guard hasTen, number.count == 3, place == 9, (sum + 10) % 11 == 0, end + 1 < number.text.count,
            number.text[end] == 0x20 || number.text[end] == 0x2D, number.text[end + 1] | 0x20 == 0x78
        else { return nil }
        return end + 2
    }

    /// EAN-8, EAN-13, ISBN-13 and UPC by their check digit; an ISBN by its prefix too. Of other runs one in ten passes.
    static func isArticle(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() { sum += Int(digit & 0x0F) * (place & 1 == 0 ? 1 : 3) }
        return sum % 10 == 0
    }

    private static func number(_ digits: UnsafeBufferPointer<UInt8>, _ start: Int, _ length: Int) -> Int {
        guard start + length <= digits.count else { return -1 }
        var value = 0
        for index in start..<(start + length) { value = value * 10 + Int(digits[index] & 0x0F) }
        return value
    }
}
