/// Which number each person has inside of one prompt, counted from 1.
struct PersonNumbers {
    /// By a hash of 64 bits of the name in small letters, at the first free place behind the one that the hash says; 0 is free.
    private var names = [(name: UInt64, number: Int)](repeating: (0, 0), count: 32)
    private var nameCount = 0
    private var byIdentity: [Int: Int] = [:]
    private var count = 0

    mutating func number(
        of range: Range<Int>, in text: UnsafeBufferPointer<UInt8>, _ identities: borrowing IdentityMatcher
    ) -> Int {
        if !identities.isEmpty, let person = identities.person(text, at: range) {
            if let number = byIdentity[person] { return number }
            count += 1
            byIdentity[person] = count
            return count
        }
        let start = text[range.lowerBound] == 0x40 ? range.lowerBound + 1 : range.lowerBound
        let name = WordTable.hash(UnsafeBufferPointer(rebasing: text[start..<range.upperBound]))
        let place = place(of: name)
        if names[place].name == name { return names[place].number }
        count += 1
        names[place] = (name, count)
        nameCount += 1
        if 2 * nameCount > names.count { grow() }
        return count
    }

    /// Where a name stands, or should. Half of the places are free, so that the way is short.
    private func place(of name: UInt64) -> Int {
        var place = Int(truncatingIfNeeded: name >> 1) & (names.count - 1)
        while names[place].name != 0, names[place].name != name { place = (place + 1) & (names.count - 1) }
        return place
    }

    private mutating func grow() {
        let old = names
        names = Array(repeating: (0, 0), count: 4 * old.count)
        for entry in old where entry.name != 0 { names[place(of: entry.name)] = entry }
    }
}
