/// IP addresses, cards, long ids and account numbers (IBAN).
extension Scanner {
    mutating func address4(at start: Int) -> Bool {
        guard !(byte(start - 1) == 0x2E && byte(start - 2).isDigit) else { return false }
        var index = start
        for part in 0..<4 {
            let end = end(from: index, limit: 4) { $0.isDigit }
            guard (1...3).contains(end - index), bytes[index..<end].reduce(0, { $0 * 10 + Int($1 & 0x0F) }) < 256
            else { return false }
            index = end
            if part < 3 {
                guard byte(index) == 0x2E else { return false }
                index += 1
            }
        }
        guard !byte(index).isWord, !(byte(index) == 0x2E && byte(index + 1).isDigit) else { return false }
        found(.ip, start..<index)
        return true
    }

    /// Eight groups, or fewer around one `::` (RFC 4291 §2.2), with an optional IPv4 tail.
    mutating func address6(at start: Int) -> Bool {
        guard startsWord(start), byte(start - 1) != 0x3A else { return false }
        let end = end(from: start, limit: 46) { $0.isHex || $0 == 0x3A || $0 == 0x2E }
        var stop = end
        while stop > start, bytes[stop - 1] == 0x2E || (bytes[stop - 1] == 0x3A && byte(stop - 2) != 0x3A) { stop -= 1 }
        guard stop - start >= 3, !byte(stop).isWord else { return false }
        var groups = 0
        var gaps = 0
        var index = start
        while index < stop {
            if bytes[index] == 0x3A {
                if byte(index + 1) == 0x3A, index + 1 < stop {
                    gaps += 1
                    index += 2
                } else if index == start {
                    return false
                } else {
                    index += 1
                }
                guard index == stop || bytes[index] != 0x3A else { return false }
                continue
            }
            let groupEnd = self.end(from: index, limit: stop - index) { $0.isHex }
            if byte(groupEnd) == 0x2E, groupEnd < stop {
                guard isDottedQuad(index..<stop) else { return false }
                groups += 2
                index = stop
            } else {
                guard groupEnd - index <= 4 else { return false }
                groups += 1
                index = groupEnd
            }
        }
        let loopback = matches("::1", at: start) && stop == start + 3
        // In logs `a::b` is a name in some language far more often than an address.
        guard purpose == .sanitize || bytes[start..<stop].contains(where: \.isDigit) else { return false }
        guard (gaps == 0 && groups == 8) || (gaps == 1 && groups <= 7 && (groups >= 2 || loopback)) else {
            return false
        }
        found(.ip, start..<stop)
        return true
    }

    private func isDottedQuad(_ range: Range<Int>) -> Bool {
        let parts = bytes[range].split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isDigit) }
    }

    /// 12 to 19 digits, in groups or not, under a known issuer and with a right check digit (ISO/IEC 7812-1).
    mutating func card(at start: Int) -> Bool {
        var digits: [UInt8] = []
        var index = start
        var end = start
        while index < bytes.count, digits.count < 20 {
            if bytes[index].isDigit {
                digits.append(bytes[index] & 0x0F)
                index += 1
                end = index
            } else if bytes[index] == 0x20 || bytes[index] == 0x2D, byte(index + 1).isDigit {
                index += 1
                if PaymentCard.isValid(digits), !bytes[end..<index].isEmpty, digits.count >= 15 { break }
            } else {
                break
            }
        }
        guard PaymentCard.isValid(digits), !byte(end).isWord else { return false }
        found(.card, start..<end)
        return true
    }

    /// Fifteen digits and more, or nine and more inside a word (`ID123456789`), identify an account or a post somewhere.
    mutating func wordWithNumber(at start: Int) -> Bool {
        guard purpose == .sanitize else { return false }
        let end = end(from: start) { $0.isWord }
        var longest = 0
        var run = 0
        for byte in bytes[start..<end] {
            run = byte.isDigit ? run + 1 : 0
            longest = max(longest, run)
        }
        let isRow = longest == end - start && bytes[start..<end].allSatisfy { $0 == bytes[start] }
        guard !isRow, longest >= 15 || (longest >= 9 && longest < end - start) else { return false }
        found(.id, start..<end)
        return true
    }

    /// An IBAN, compact or with single spaces, checked by its country's length and modulo 97 (ISO 13616).
    mutating func accountNumber(at start: Int) -> Bool {
        guard byte(start).isLetter, byte(start + 1).isLetter, byte(start + 2).isDigit, byte(start + 3).isDigit,
            let length = AccountNumber.length(country: byte(start).lowered, byte(start + 1).lowered)
        else { return false }
        var characters: [UInt8] = []
        var index = start
        while characters.count < length {
            let byte = byte(index)
            if byte == 0x20, characters.count % 4 == 0, self.byte(index - 1) != 0x20 {
                index += 1
                continue
            }
            guard byte.isAlphanumeric else { return false }
            characters.append(byte)
            index += 1
        }
        guard !byte(index).isWord, AccountNumber.isValid(characters) else { return false }
        found(.iban, start..<index)
        return true
    }
}
