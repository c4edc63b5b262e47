import CLandmarks

/// Finds known identities at word boundaries, whatever their case, accents, width and the spaces between their words.
///
/// Not copied, so that the texts of a prompt share one without counting references.
struct IdentityMatcher: ~Copyable {
    private let known: KnownNames
    private let openings: UnsafeMutablePointer<Bool>

    init(_ identities: [KnownIdentity]) {
        known = KnownNames(identities)
        openings = .allocate(capacity: 256)
        openings.initialize(from: known.openings, count: 256)
    }

    deinit { openings.deallocate() }

    var isEmpty: Bool { known.names.isEmpty }

    /// Adds what they are found at to what was found already.
    func add(to list: FindingList, in text: UnsafeBufferPointer<UInt8>) {
        guard !isEmpty, let base = text.baseAddress else { return }
        var findings: [Finding] = []
        var done = 0
        for block in stride(from: 0, to: text.count, by: 64) {
            var places = known.isCrowded ? .max : rz_openings_at(base, text.count, block, known.firsts)
            while places != 0 {
                let index = block &+ places.trailingZeroBitCount
                places &= places &- 1
                guard index >= done, index < text.count, openings[Int(text[index])], mayBegin(text, index),
                    let (name, end) = match(text, at: index), !isMarker(text, index..<end)
                else { continue }
                findings.append(Finding(kind: name.kind, range: index..<end))
                done = end
            }
        }
        if !findings.isEmpty { list.add(findings) }
    }

    /// Whether it is worth comparing from here on: no word goes on, and no picture or punctuation begins.
    @inline(__always)
    private func mayBegin(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        if index > 0, text[index - 1].isWord, !isEscape(text, before: index) { return false }
        guard !known.beginsBeyondASCII, index + 3 < text.count else { return true }
        return switch (text[index], text[index + 1]) {
        case (0xF0, 0x9F): text[index + 2] == 0x84 || text[index + 2] == 0x85 || text[index + 2] == 0xAF
        case (0xE2, ..<0x92), (0xE2, 0x94...): false
        default: true
        }
    }

    /// Whether these are the letters of a marker, which must come out as it went in, even for somebody whose name is User.
    private func isMarker(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.lowerBound > 0, range.upperBound < text.count, text[range.lowerBound - 1] == 0x5B else {
            return false
        }
        return text[range.upperBound] == 0x5D && text[range].allSatisfy { $0.isUpper }
    }

    /// Whose name these bytes are, with or without an `@` before it.
    func person(_ text: UnsafeBufferPointer<UInt8>, at range: Range<Int>) -> Int? {
        var start = range.lowerBound
        if text[start] == 0x40 { start += 1 } else if text[start] == 0xEF { start += 3 }
        guard start < range.upperBound, openings[Int(text[start])], let (name, end) = match(text, at: start),
            end == range.upperBound
        else {
            return nil
        }
        return name.person
    }

    private func match(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> (KnownNames.Name, Int)? {
        guard start == 0 || !joins(text, before: start) else { return nil }
        return known.letters.withUnsafeBufferPointer { letters in
            for name in known.names {
                let own = UnsafeBufferPointer(rebasing: letters[name.letters])
                if let end = end(of: own, text, from: start), !joins(text, at: end) { return (name, end) }
            }
            return nil
        }
    }

    private func end(of letters: UnsafeBufferPointer<UInt32>, _ text: UnsafeBufferPointer<UInt8>, from start: Int)
        -> Int?
    {
        var index = start
        var place = 0
        var end = start
        while place < letters.count {
            guard index < text.count else { return nil }
            let (scalar, length) = text[index] < 0x80 ? (UInt32(text[index]), 1) : FoldedText.scalar(text, at: index)
            let letter = PlainLetter.of(scalar)
            if place > 0, letter == 0 || Self.isApostrophe(letter) && letter != letters[place] {
                index += length  // an accent written apart, something unseen, o'neil for oneil
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

    static func isApostrophe(_ letter: UInt32) -> Bool { letter == 0x27 || letter == 0x2019 || letter == 0x60 }

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
        !isEscape(text, before: index) && joinsBack(text, before: index) && joinsAhead(text, at: index)
    }

    /// Whether the letter of an escape such as `\n` stands before `index`.
    private func isEscape(_ text: UnsafeBufferPointer<UInt8>, before index: Int) -> Bool {
        index > 1 && text[index - 2] == 0x5C && text[index - 1].isOne(of: "nrtbf")
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
