/// Digits in groups with single separators between them, as people write numbers of many kinds.
struct NumberGroups {
    static let most = 10

    /// How the digits of two groups are kept apart.
    enum Separator: UInt8 {
        case space, hyphen, dot, slash, parenthesis, wide, colon, none
    }

    /// The first byte that belongs to the number: a `+`, a `(` or the first digit.
    private(set) var start: Int
    private(set) var count = 0
    private(set) var hasPlus = false
    /// The first group stands in parentheses.
    private(set) var isBracketed = false
    /// A `(` was read that was not closed yet.
    private var isOpen = false
    /// Small, as a number is copied for each of the questions about it.
    private var starts = InlineArray<10, UInt8>(repeating: 0)
    private var sizes = InlineArray<10, UInt8>(repeating: 0)
    /// The first digit, from which `starts` count.
    private let origin: Int
    /// `separators[n]` stands between the groups n and n + 1.
    private var separators = InlineArray<10, Separator>(repeating: .none)
    let text: UnsafeBufferPointer<UInt8>

    /// Reads from the digit at `first` on, and what opens the number before it.
    init(_ text: UnsafeBufferPointer<UInt8>, from first: Int) {
        self.text = text
        start = first
        origin = first
        open(before: first)
        var index = first
        var total = 0
        while count < Self.most {
            var end = index
            while byte(end).isDigit, end - index < 40 { end += 1 }
            guard end > index, total + end - index <= 40 else { break }
            starts[count] = UInt8(truncatingIfNeeded: index &- first)
            sizes[count] = UInt8(truncatingIfNeeded: end &- index)
            total += end - index
            count += 1
            guard let (next, separator) = separator(at: end) else { break }
            separators[count - 1] = separator
            if separator == .parenthesis { isOpen = byte(next - 1) == 0x28 }
            index = next
        }
        if count > 0 { separators[count - 1] = .none }
    }

    subscript(group: Int) -> Int { group < count ? Int(sizes[group]) : 0 }
    func separator(_ group: Int) -> Separator { separators[group] }
    func start(of group: Int) -> Int { origin &+ Int(starts[group]) }
    func end(of group: Int) -> Int { start(of: group) &+ Int(sizes[group]) }

    func digits(_ groups: Int) -> Int {
        var sum = 0
        for group in 0..<groups { sum += Int(sizes[group]) }
        return sum
    }

    func first(_ group: Int) -> UInt8 { text[start(of: group)] & 0x0F }

    /// The value of a group of at most nine digits.
    func value(_ group: Int) -> Int {
        var value = 0
        for index in start(of: group)..<(start(of: group) + min(Int(sizes[group]), 9)) {
            value = value * 10 + Int(text[index] & 0x0F)
        }
        return value
    }

    /// Sizes as digits of a number: 334 for 3, 3, 4.
    func pattern(_ groups: Int) -> Int {
        var pattern = 0
        for group in 0..<groups { pattern = pattern * 10 + min(Int(sizes[group]), 9) }
        return pattern
    }

    /// Whether all separators of the first groups are the same.
    func isUniform(_ groups: Int) -> Bool {
        guard groups > 2 else { return true }
        for group in 1..<(groups - 1) where separators[group] != separators[0] { return false }
        return true
    }

    func contains(_ separator: Separator, in groups: Int) -> Bool {
        guard groups > 1 else { return false }
        for group in 0..<(groups - 1) where separators[group] == separator { return true }
        return false
    }

    /// Whether the first groups stand in parentheses all together.
    func isWrapped(_ groups: Int) -> Bool {
        byte(start(of: 0) - 1) == 0x28 && byte(end(of: groups - 1)) == 0x29 && !contains(.parenthesis, in: groups)
    }

    /// As many short groups as are read at once: a list of small numbers, whose first half begins nothing that is longer.
    var isRow: Bool {
        guard count == Self.most else { return false }
        for group in 0..<count where sizes[group] > 2 { return false }
        return true
    }

    // MARK: Reading

    private mutating func open(before first: Int) {
        var index = first
        if byte(index - 1) == 0x28 {
            index -= 1
            isBracketed = true
            isOpen = true
        }
        let sign = byte(index - 1) == 0x20 && !isBracketed ? index - 2 : index - 1
        if byte(sign) == 0x2B {
            hasPlus = true
            index = byte(sign - 1) == 0x28 ? sign - 1 : sign
            isBracketed = isBracketed || byte(sign - 1) == 0x28
            isOpen = isBracketed
        }
        start = index
    }

    private func separator(at end: Int) -> (next: Int, Separator)? {
        switch byte(end) {
        case 0x20:
            if byte(end + 1).isDigit { return (end + 1, .space) }
            if byte(end + 1) == 0x28, byte(end + 2).isDigit { return (end + 2, .parenthesis) }
            if byte(end + 1) == 0x2D || byte(end + 1) == 0x2F, byte(end + 2) == 0x20, byte(end + 3).isDigit {
                return (end + 3, .wide)
            }
            if byte(end + 1) == 0x20, byte(end + 2).isDigit { return (end + 2, .wide) }
        case 0x2D:
            if byte(end + 1).isDigit { return (end + 1, .hyphen) }
            if byte(end + 1) == 0x20, byte(end + 2).isDigit { return (end + 2, .wide) }
            if byte(end + 1) == 0x28, byte(end + 2).isDigit { return (end + 2, .parenthesis) }
        case 0x2E:
            if byte(end + 1).isDigit { return (end + 1, .dot) }
            if byte(end + 1) == 0x28, byte(end + 2).isDigit { return (end + 2, .parenthesis) }
        case 0x2F:
            if byte(end + 1).isDigit { return (end + 1, .slash) }
            if byte(end + 1) == 0x20, byte(end + 2).isDigit { return (end + 2, .slash) }
        case 0x28:
            if byte(end + 1).isDigit { return (end + 1, .parenthesis) }
        case 0x29 where isOpen:
            if byte(end + 1).isDigit { return (end + 1, .parenthesis) }
            let next = byte(end + 1)
            if next == 0x20 || (0x2D...0x2F).contains(next), byte(end + 2).isDigit { return (end + 2, .parenthesis) }
            if byte(end + 1) == 0x20, byte(end + 2) == 0x2D || byte(end + 2) == 0x2F, byte(end + 3) == 0x20,
                byte(end + 4).isDigit
            {
                return (end + 4, .parenthesis)
            }
            if byte(end + 1) == 0x28, byte(end + 2).isDigit { return (end + 2, .parenthesis) }
            if byte(end + 1) == 0x20, byte(end + 2) == 0x28, byte(end + 3).isDigit { return (end + 3, .parenthesis) }
        default: break
        }
        return nil
    }

    private func byte(_ index: Int) -> UInt8 {
        UInt(bitPattern: index) < UInt(bitPattern: text.count) ? text[index] : 0
    }
}
