/// The half of ``PersonalLook`` that looks at digits: telephone numbers, cards, IBANs, long ids, IPv4 addresses.
enum PersonalNumbers {
    static func findings(in bytes: [UInt8]) -> [PersonalLook] {
        var found: [PersonalLook] = []
        var index = 0
        while index < bytes.count {
            guard isDigit(bytes[index]) else {
                index += 1
                continue
            }
            let end = endOfRun(bytes, from: index)
            if let iban = iban(bytes, digitsAt: index) {
                found.append(PersonalLook(kind: .iban, text: iban))
            } else if let kind = look(at: Array(bytes[index..<end]), before: index > 0 ? bytes[index - 1] : nil) {
                found.append(PersonalLook(kind: kind, text: String(decoding: bytes[index..<end], as: UTF8.self)))
            }
            index = end
        }
        return found
    }

    /// A run is digits with at most two separating characters between them; it ends with a digit.
    private static func endOfRun(_ bytes: [UInt8], from start: Int) -> Int {
        var end = start
        var gap = 0
        for index in start..<bytes.count {
            if isDigit(bytes[index]) {
                end = index + 1
                gap = 0
            } else {
                gap += 1
                if gap > 2 || !isSeparator(bytes[index]) { break }
            }
        }
        return end
    }

    private static func look(at run: [UInt8], before: UInt8?) -> PersonalLook.Kind? {
        let groups = run.split { !isDigit($0) }.map { String(decoding: $0, as: UTF8.self) }
        let digits = groups.joined()
        let marks = Set(run.filter { !isDigit($0) })
        if groups.count == 4, marks == [UInt8(ascii: ".")], groups.allSatisfy({ Int($0).map { $0 < 256 } ?? false }) {
            return .ip
        }
        if Set(digits).count == 1 { return nil }  // 3333333333 is a row of hearts
        if (13...19).contains(digits.count), passesLuhn(digits) { return .card }
        if groups.contains(where: { $0.count >= 15 }) { return .id }
        if isDate(groups) || isGroupedNumber(groups, marks) { return nil }
        if before == UInt8(ascii: "+"), (7...15).contains(digits.count) { return .phone }
        if groups.count == 1 { return (9...14).contains(digits.count) ? .phone : nil }
        if groups.map(\.count) == [3, 4] { return marks == [UInt8(ascii: "-")] ? .phone : nil }
        return (9...15).contains(digits.count) && groups.allSatisfy { $0.count >= 2 || $0 == "1" || $0 == "0" }
            ? .phone : nil
    }

    /// 2011-08-10, 10/08/2011, 2.14.2012, 10/08/2011 18:30.
    private static func isDate(_ groups: [String]) -> Bool {
        guard groups.count >= 3, let year = groups.prefix(3).first(where: { $0.count == 4 }).flatMap({ Int($0) }) else {
            return false
        }
        return (1900...2100).contains(year) && groups.prefix(3).filter { $0.count <= 2 }.count == 2
    }

    /// 10,000,000 and 1.234.567.
    private static func isGroupedNumber(_ groups: [String], _ marks: Set<UInt8>) -> Bool {
        marks.count == 1 && (marks == [UInt8(ascii: ",")] || marks == [UInt8(ascii: ".")]) && groups[0].count <= 3
            && groups.dropFirst().allSatisfy { $0.count == 3 }
    }

    private static func passesLuhn(_ digits: String) -> Bool {
        var sum = 0
        for (place, digit) in digits.utf8.reversed().enumerated() {
            let value = Int(digit - 0x30)
            sum += place % 2 == 0 ? value : (value > 4 ? 2 * value - 9 : 2 * value)
        }
        return sum % 10 == 0
    }

    /// Two capitals before two check digits, and 11 to 30 letters or digits after them (blanks may divide them).
    private static func iban(_ bytes: [UInt8], digitsAt index: Int) -> String? {
        guard index >= 2, isCapital(bytes[index - 1]), isCapital(bytes[index - 2]) else { return nil }
        if index >= 3, isCapital(bytes[index - 3]) || isDigit(bytes[index - 3]) { return nil }
        var kept: [UInt8] = []
        for byte in bytes[index...].prefix(42) {
            if isDigit(byte) || isCapital(byte) { kept.append(byte) } else if byte != 0x20 { break }
        }
        let digits = kept.filter(isDigit).count
        guard (13...32).contains(kept.count), digits >= 10, isDigit(kept[0]), isDigit(kept[1]) else { return nil }
        return String(decoding: bytes[index - 2..<index] + kept, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func isSeparator(_ byte: UInt8) -> Bool { " .-()/".utf8.contains(byte) || byte == UInt8(ascii: ",") }
}
