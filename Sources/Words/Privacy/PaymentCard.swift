/// Which digits can be a payment card's number.
enum PaymentCard {
    /// Issuer range and length as the networks publish them, and the Luhn check digit (ISO/IEC 7812-1 annex B).
    /// The issuer keeps post ids, which pass Luhn one time in ten, from counting as cards. Separators are passed over.
    static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var (even, odd, count, head) = (0, 0, 0, 0)
        var isRow = true
        for byte in text where byte.isDigit {
            let digit = Int(byte & 0x0F)
            // The sums for both parities of the length; which one counts is known at the end.
            let doubled = digit > 4 ? 2 * digit - 9 : 2 * digit
            if count & 1 == 0 {
                (even, odd) = (even + doubled, odd + digit)
            } else {
                (even, odd) = (even + digit, odd + doubled)
            }
            if count < 4 { head = head * 10 + digit }
            if byte != text[0] { isRow = false }
            count += 1
        }
        return !isRow && (count & 1 == 0 ? even : odd) % 10 == 0 && isIssued(head, count)
    }

    /// By the first four digits: Visa, Mastercard, Mir, American Express, Diners Club, JCB, UnionPay, Discover, RuPay, Verve,
    /// Troy, InstaPayment and Maestro.
    private static func isIssued(_ head: Int, _ count: Int) -> Bool {
        switch head {
        case 4000...4999: count == 16 || count == 13 || count == 19
        case 5100...5599, 2221...2720, 9792, 6370...6389: count == 16
        case 3400...3499, 3700...3799, 2131, 1800: count == 15
        case 3000...3059, 3095, 3600...3699, 3800...3999: count >= 14
        case 2200...2204, 3500...3599, 6200...6299, 8100...8199, 6011, 6440...6599: count >= 16
        case 5000...5099, 5600...5899, 6000...6999, 604: count >= 12
        default: false
        }
    }
}
