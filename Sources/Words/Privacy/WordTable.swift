/// A set of short words, each with a class, asked about stretches of bytes without allocating. Case of ASCII does not matter.
///
/// Words are kept by a hash of 64 bits; among a few thousand words two of a kind are out of the question in practice, and a
/// collision with a foreign word would cost one wrong answer in 10^16.
///
/// Tables are static: their memory is never freed, so that asking one counts no references.
/// `@unchecked Sendable`: nothing is written once `init` is over.
struct WordTable: @unchecked Sendable {
    private let keys: UnsafeMutablePointer<UInt64>
    private let classes: UnsafeMutablePointer<UInt8>
    private let mask: Int

    /// Words are separated by spaces. Classes count from 1.
    init(_ lists: [(class: UInt8, words: String)]) {
        let words = lists.flatMap { list in list.words.utf8.split(separator: 0x20).map { (list.class, Array($0)) } }
        var capacity = 16
        while capacity < words.count * 3 { capacity *= 2 }
        keys = .allocate(capacity: capacity)
        classes = .allocate(capacity: capacity)
        keys.initialize(repeating: 0, count: capacity)
        classes.initialize(repeating: 0, count: capacity)
        mask = capacity - 1
        for (kind, word) in words {
            let key = word.withUnsafeBufferPointer { Self.hash($0) }
            var slot = Int(truncatingIfNeeded: key) & mask
            while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
            keys[slot] = key
            classes[slot] = kind
        }
    }

    /// The class of a word; 0 if it is not in the table.
    func callAsFunction(_ word: UnsafeBufferPointer<UInt8>) -> UInt8 {
        let key = Self.hash(word)
        var slot = Int(truncatingIfNeeded: key) & mask
        while keys[slot] != 0 {
            if keys[slot] == key { return classes[slot] }
            slot = (slot + 1) & mask
        }
        return 0
    }

    /// FNV-1a over lower-cased bytes, mixed so that the low bits depend on all of them; never 0, which marks a free slot.
    static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte.lowered)) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        hash = hash &* 0x9E37_79B9_7F4A_7C15
        return (hash ^ hash >> 29) | 1
    }
}
