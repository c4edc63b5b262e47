/// Finds known identities at word boundaries, whatever their case, accents, width and the spaces between their words.
struct IdentityMatcher {
    private struct Name {
        let kind: PersonalKind
        /// The place of the identity in the list that was given.
        let person: Int
        /// ``PlainLetter``s; a space stands for any few separators, or none.
        let letters: [UInt32]
    }

    private var names: [Name] = []
    /// Whether a name can begin with this byte.
    private var openings: [Bool] = []
    /// The first letters, small, eight times each; more than four are one too many to look for at once.
    private var firsts = InlineArray<4, UInt64>(repeating: 0)
    private var firstCount = 0
    private var isCrowded = false

    init(_ identities: [KnownIdentity]) {
        if identities.isEmpty { return }
        for (person, identity) in identities.enumerated() {
            add(.email, identity.email, person)
            add(.user, identity.displayName, person)
            add(.user, identity.handle.map { $0.hasPrefix("@") ? String($0.dropFirst()) : $0 }, person)
        }
        names.sort { $0.letters.count > $1.letters.count }
    }

    var isEmpty: Bool { names.isEmpty }

    func findings(in text: UnsafeBufferPointer<UInt8>) -> [Finding] {
        openings.withUnsafeBufferPointer { findings(in: text, openings: $0) }
    }

    private func findings(in text: UnsafeBufferPointer<UInt8>, openings: UnsafeBufferPointer<Bool>) -> [Finding] {
        var findings: [Finding] = []
        var index = 0
        while index < text.count {
            if !isCrowded, index + 8 <= text.count, holdsNoOpening(text, index) {
                index += 8
                continue
            }
            guard openings[Int(text[index])], index == 0 || !text[index - 1].isWord else {
                index += 1
                continue
            }
            if let (name, end) = match(text, at: index) {
                findings.append(Finding(kind: name.kind, range: index..<end))
                index = end
            } else {
                index += 1
            }
        }
        return findings
    }

    /// Whether none of eight bytes can begin a name: all are ASCII, and none is a first letter in either case.
    @inline(__always)
    private func holdsNoOpening(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let word = UnsafeRawPointer(text.baseAddress.unsafelyUnwrapped + index).loadUnaligned(as: UInt64.self)
        var hits = word
        // The sum's highest bit stays clear where the small letters are equal; bytes beyond ASCII are hits anyway.
        for letter in 0..<firstCount { hits |= ~(((word & low | 0x2020_2020_2020_2020) ^ firsts[letter]) &+ low) }
        return hits & ~low == 0
    }

    /// Whose name these bytes are, with or without an `@` before it.
    func person(_ text: UnsafeBufferPointer<UInt8>, at range: Range<Int>) -> Int? {
        var start = range.lowerBound
        if text[start] == 0x40 { start += 1 } else if text[start] == 0xEF { start += 3 }
        guard start < range.upperBound, let (name, end) = match(text, at: start), end == range.upperBound else {
            return nil
        }
        return name.person
    }

    private mutating func add(_ kind: PersonalKind, _ name: String?, _ person: Int) {
        guard let name else { return }
        var letters: [UInt32] = []
        for scalar in name.unicodeScalars {
            let letter = PlainLetter.of(scalar.value)
            let isSpace = letter == 0x20 || letter == 0x09 || letter == 0x0A
            if letter == 0 || (isSpace && (letters.isEmpty || letters.last == 0x20)) { continue }
            letters.append(isSpace ? 0x20 : letter)
        }
        if letters.last == 0x20 { letters.removeLast() }
        guard letters.count >= 2 else { return }
        names.append(Name(kind: kind, person: person, letters: letters))
        if openings.isEmpty { openings = [Bool](repeating: false, count: 256) }
        // Accented and full-width forms begin with bytes beyond ASCII.
        for byte in 0xC2...0xF4 { openings[byte] = true }
        if let first = letters.first, first < 0x80 {
            note(UInt8(first) | 0x20)
            openings[Int(first)] = true
            if UInt8(first).isLower { openings[Int(first - 0x20)] = true }
        }
    }

    private mutating func note(_ letter: UInt8) {
        let word = UInt64(letter) &* 0x0101_0101_0101_0101
        for place in 0..<firstCount where firsts[place] == word { return }
        if firstCount < 4 {
            firsts[firstCount] = word
            firstCount += 1
        } else {
            isCrowded = true
        }
    }

    private func match(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> (Name, Int)? {
        guard start == 0 || !joins(text, before: start) else { return nil }
        for name in names {
            if let end = end(of: name.letters, text, from: start), !joins(text, at: end) { return (name, end) }
        }
        return nil
    }

    private func end(of letters: [UInt32], _ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        var place = 0
        var end = start
        while place < letters.count {
            guard index < text.count else { return nil }
            let (scalar, length) = text[index] < 0x80 ? (UInt32(text[index]), 1) : FoldedText.scalar(text, at: index)
            let letter = PlainLetter.of(scalar)
            if letter == 0, place > 0 {
                index += length  // an accent written apart, or something unseen
                end = index
            } else if letter == letters[place] {
                index += length
                end = index
                place += 1
            } else if letters[place] == 0x20, Self.isSeparator(letter) {
                index += length
                if index - end > 4 { return nil }
            } else if letters[place] == 0x20 {
                place += 1
            } else if place > 0, letters[place - 1] == 0x20, Self.isSeparator(letter), index - end < 4 {
                index += length
            } else {
                return nil
            }
        }
        // Accents that belong to the last letter.
        while end < text.count, text[end] >= 0xCC {
            let (scalar, length) = FoldedText.scalar(text, at: end)
            guard (0x300...0x36F).contains(scalar) else { break }
            end += length
        }
        return end
    }

    private static func isSeparator(_ letter: UInt32) -> Bool {
        switch letter {
        case 0x20, 0x09, 0x0A, 0x0D, 0x2D, 0x2E, 0x5F, 0x2C: true
        default: false
        }
    }

    /// Whether the scalar at `index` would make a longer word of a name before it.
    private func joins(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        guard index < text.count else { return false }
        if text[index] < 0x80 { return text[index].isWord && joinsBack(text, before: index) }
        return isJoining(FoldedText.scalar(text, at: index).0) && joinsBack(text, before: index)
    }

    private func joins(_ text: UnsafeBufferPointer<UInt8>, before index: Int) -> Bool {
        let isEscape = index > 1 && text[index - 2] == 0x5C && "nrtbf".utf8.contains(text[index - 1])
        return !isEscape && joinsBack(text, before: index) && joinsAhead(text, at: index)
    }

    private func joinsAhead(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        text[index] < 0x80 ? text[index].isWord : isJoining(FoldedText.scalar(text, at: index).0)
    }

    private func joinsBack(_ text: UnsafeBufferPointer<UInt8>, before index: Int) -> Bool {
        var start = index - 1
        while start > 0, text[start].isContinuation { start -= 1 }
        return start >= 0 && joinsAhead(text, at: start)
    }

    /// Scripts without spaces between words join nothing.
    private func isJoining(_ scalar: UInt32) -> Bool {
        scalar < 0x2E80 && Unicode.Scalar(scalar)?.properties.isAlphabetic == true
    }
}
