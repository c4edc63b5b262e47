/// Numbers that are beyond doubt somebody's.
extension PersonalLookout {
    func digits(_ index: Int) -> PersonalKind? {
        var end = index
        while isNumeral(after(end)) { end += 1 }
        let length = end - index
        guard isOpening(index),
            !(before(index) == 0x20 && index >= 2 && (text[index - 2] == UInt8(ascii: "$") || text[index - 2] >= 0x80))
        else { return nil }
        if length >= 15 {
            let isRow = text[index..<end].allSatisfy { $0 == text[index] }
            return isRow || length > 32 || isNameByte(after(end)) || goesOn(end) ? nil : .id
        }
        if length <= 3, isFourthAddress(index) { return .ip }
        return length == 3 && isThreeThreeFour(index) ? .phone : nil
    }

    /// A plus sign and the digits of a number of one of some countries, together or as North America groups them.
    func isPlusNumber(_ plus: Int) -> Bool {
        guard isOpening(plus) else { return false }
        var end = plus + 1
        while isNumeral(after(end)) { end += 1 }
        let length = end - plus - 1
        if length == 1 {
            return after(plus + 1) == UInt8(ascii: "1") && after(end) == 0x20 && isThreeThreeFour(end + 1)
        }
        let plans = [("1", 11), ("44", 12), ("49", 12), ("33", 11), ("34", 11), ("91", 12), ("61", 11), ("81", 12)]
        let isRow = text[(plus + 1)..<end].allSatisfy { $0 == after(plus + 1) }
        if length > 3 {
            return !isRow && !goesOn(end) && plans.contains { stands($0.0, at: plus + 1) && $0.1 == length }
        }
        return isSpread(
            from: end, after: length, plans.filter { $0.0.utf8.count == length && stands($0.0, at: plus + 1) })
    }

    /// The groups of a number behind the code of one of some countries, with single spaces or hyphens between them.
    private func isSpread(from start: Int, after digits: Int, _ plans: [(String, Int)]) -> Bool {
        var (index, digits) = (start, digits)
        while digits < 16, isNumeral(after(index)) || (" -".utf8.contains(after(index)) && isNumeral(after(index + 1)))
        {
            if isNumeral(after(index)) { digits += 1 }
            index += 1
        }
        let isLast = index == text.count || after(index) == 0x22 || after(index) == 0x0A
        return isLast && plans.contains { $0.1 == digits }
    }

    private func goesOn(_ end: Int) -> Bool { ".,".utf8.contains(after(end)) && isNumeral(after(end + 1)) }

    private func isFourthAddress(_ index: Int) -> Bool {
        var end = index
        while isNumeral(after(end)) || (after(end) == UInt8(ascii: ".") && isNumeral(after(end + 1))) { end += 1 }
        guard end - index <= 15, !isNameByte(after(end)), !"-+".utf8.contains(after(end)), !isVersion(index) else {
            return false
        }
        let parts = text[index..<end].split(separator: UInt8(ascii: "."))
        return parts.count == 4
            && parts.allSatisfy { $0.count < 4 && Int(String(decoding: $0, as: UTF8.self)).map { $0 < 256 } ?? false }
    }

    /// Whether the word before, whatever stands between, speaks of a version; with anything odd between, better yes.
    private func isVersion(_ index: Int) -> Bool {
        var end = index
        while end > 0, index - end < 12, !isAlpha(before(end)) {
            if before(end) >= 0x80 { return true }
            end -= 1
        }
        guard end > 0, isAlpha(before(end)) else { return false }
        var start = end
        while start > 0, isAlpha(text[start - 1]), end - start < 16 { start -= 1 }
        let word = String(decoding: text[start..<end], as: UTF8.self).lowercased()
        return !["at", "host", "ip", "server", "address", "by", "text", "on"].contains(word)
    }

    /// `555-012-3456`, alone in its text or line.
    private func isThreeThreeFour(_ index: Int) -> Bool {
        var place = index
        for (position, size) in [3, 3, 4].enumerated() {
            if position > 0 {
                guard "- .".utf8.contains(after(place)), after(place) == after(index + 3) else { return false }
                place += 1
            }
            for offset in 0..<size where !isNumeral(after(place + offset)) { return false }
            place += size
        }
        let isFirst =
            index == 0 || before(index) == 0x22 || before(index) == 0x0A
            || text[index - 1] == 0x20 && index >= 3
                && text[index - 3] == UInt8(ascii: "+")
        let isLast = place == text.count || after(place) == 0x22 || after(place) == 0x0A
        return isFirst && isLast && after(index) > UInt8(ascii: "1") && after(index) <= UInt8(ascii: "9")
    }
}

// MARK: Bytes

extension PersonalLookout {
    func after(_ index: Int) -> UInt8 { index >= 0 && index < text.count ? text[index] : 0 }

    /// The byte before `index`; of an escape such as `\n` that ends there a space, of
    /// `\u0026` what it stands for.
    func before(_ index: Int) -> UInt8 {
        guard index > 0 else { return 0 }
        if index >= 2, text[index - 2] == 0x5C, "nrtbf".utf8.contains(text[index - 1]) { return 0x20 }
        if index >= 6, text[index - 6] == 0x5C, text[index - 5] == UInt8(ascii: "u"),
            text[(index - 4)..<index].allSatisfy(isHexadecimal)
        {
            let code = UInt32(String(decoding: text[(index - 4)..<index], as: UTF8.self), radix: 16) ?? 0x20
            return code < 0x80 ? UInt8(code) : 0xFF
        }
        return text[index - 1]
    }

    /// Whether a word, a sentence or a string begins at `index`.
    func isOpening(_ index: Int) -> Bool {
        index == 0 || before(index) == 0x20 || before(index) == 0x22 || before(index) == 0x0A
    }

    func stands(_ word: String, at index: Int) -> Bool {
        guard index >= 0, index + word.utf8.count <= text.count else { return false }
        return zip(word.utf8, text[index...]).allSatisfy { $0 == $1 || (isAlpha($0) && ($0 | 0x20) == ($1 | 0x20)) }
    }

    func isAlpha(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    func isNumeral(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    func isHexadecimal(_ byte: UInt8) -> Bool { isNumeral(byte) || (0x61...0x66).contains(byte | 0x20) }
    func isNameByte(_ byte: UInt8) -> Bool { isAlpha(byte) || isNumeral(byte) || byte == UInt8(ascii: "_") }
}
