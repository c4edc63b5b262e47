/// Which digits can be a payment card's number.
enum PaymentCard {
    /// Issuer range and length as the networks publish them, and the Luhn check digit (ISO/IEC 7812-1 annex B).
    /// The issuer keeps post ids, which pass Luhn one time in ten, from counting as cards.
    static func isValid(_ digits: [UInt8]) -> Bool {
        guard (12...19).contains(digits.count), isIssued(digits) else { return false }
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = Int(digit) << (place & 1)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }

    private static func isIssued(_ digits: [UInt8]) -> Bool {
        let head = digits.prefix(4).reduce(0) { $0 * 10 + Int($1) }
        switch head {
        case 4000...4999: return [13, 16, 19].contains(digits.count)
        case 5100...5599, 2221...2720: return digits.count == 16
        case 3400...3499, 3700...3799: return digits.count == 15
        case 3000...3059, 3600...3699, 3800...3999: return (14...19).contains(digits.count)
        case 3528...3589, 6200...6299: return digits.count >= 16
        case 6011, 6440...6599: return digits.count >= 16
        case 5000...5099, 5600...5899, 6000...6999: return digits.count >= 12
        default: return false
        }
    }
}
