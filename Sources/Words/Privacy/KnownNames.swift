/// The names of known identities as they are compared.
struct KnownNames {
    struct Name {
        let kind: PersonalKind
        /// The place of the identity in the list that was given.
        let person: Int
        /// Where its ``PlainLetter``s lie among those of all names; a space stands for any few separators, or none.
        let letters: Range<Int>
    }

    private(set) var names: [Name] = []
    private(set) var letters: [UInt32] = []
    /// Whether a name can begin with this byte.
    private(set) var openings = [Bool](repeating: false, count: 256)
    /// The first letters, small, a byte each; more than four are one too many to look for at once.
    private(set) var firsts: UInt32 = 0
    private var firstCount = 0
    private(set) var isCrowded = false
    /// Whether a name begins with a letter that is not read as an ASCII one.
    private(set) var beginsBeyondASCII = false

    init(_ identities: [KnownIdentity]) {
        names.reserveCapacity(3 * identities.count)
        letters.reserveCapacity(64 * identities.count)
        for (person, identity) in identities.enumerated() {
            if let email = identity.email { add(.email, email.unicodeScalars.map { PlainLetter.of($0.value) }, person) }
            if let name = identity.displayName { add(display: name, person) }
            if let handle = identity.handle {
                let name = handle.hasPrefix("@") ? handle.dropFirst() : handle[...]
                add(.user, name.unicodeScalars.map { PlainLetter.of($0.value) }, person)
            }
        }
        names.sort { $0.letters.count > $1.letters.count }
        // Accented and full-width forms begin with bytes beyond ASCII.
        if !names.isEmpty { for byte in 0xC2...0xF4 { openings[byte] = true } }
        for name in names { note(letters[name.letters.lowerBound]) }
    }

    /// Of a display name, words count and what stands between them does not: `Jané O'Neil 🌸` is `jane oneil`. What stands
    /// before a bar or a bracket, as in `Jané O'Neil | she/her`, is a name by itself if it is no short word.
    private mutating func add(display name: String, _ person: Int) {
        add(.user, name.unicodeScalars.filter { !IdentityMatcher.isApostrophe($0.value) }.map(Self.wordLetter), person)
        let own = name.unicodeScalars.prefix { !Self.isBar($0) }
        guard own.endIndex < name.endIndex, own.count(where: \.properties.isAlphabetic) > 3 else { return }
        add(display: String(own), person)
    }

    private static func isBar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "|", "(", "/", "•", "·", "—", "–", "[", "{", "~", ":": true
        default: false
        }
    }

    private static func wordLetter(_ scalar: Unicode.Scalar) -> UInt32 {
        let letter = PlainLetter.of(scalar.value)
        if scalar.value < 0x80, UInt8(scalar.value).isAlphanumeric { return letter }
        return switch scalar.properties.generalCategory {
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol, .dashPunctuation, .openPunctuation,
            .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .connectorPunctuation:
            letter == 0 || letter < 0x80 && UInt8(letter).isAlphanumeric ? letter : 0x20
        default: letter
        }
    }

    private mutating func add(_ kind: PersonalKind, _ name: some Sequence<UInt32>, _ person: Int) {
        let start = letters.count
        for letter in name {
            let isSpace = letter == 0x20 || letter == 0x09 || letter == 0x0A
            if letter == 0 || (isSpace && (letters.count == start || letters.last == 0x20)) { continue }
            letters.append(isSpace ? 0x20 : letter)
        }
        if letters.count > start, letters.last == 0x20 { letters.removeLast() }
        guard letters.count >= start + 2 else { return letters.removeSubrange(start...) }
        names.append(Name(kind: kind, person: person, letters: start..<letters.count))
    }

    private mutating func note(_ first: UInt32) {
        guard first < 0x80 else { return beginsBeyondASCII = true }
        let letter = UInt8(first)
        openings[Int(letter)] = true
        if letter.isLower { openings[Int(letter - 0x20)] = true }
        let small = UInt32(letter | 0x20)
        for place in 0..<firstCount where firsts >> UInt32(8 * place) & 0xFF == small { return }
        if firstCount == 0 { firsts = small &* 0x0101_0101 }
        if firstCount < 4 {
            let shift = UInt32(8 * firstCount)
            firsts = firsts & ~(0xFF << shift) | small << shift
            firstCount += 1
        } else {
            isCrowded = true
        }
    }
}
