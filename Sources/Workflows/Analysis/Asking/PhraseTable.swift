/// Finds which of many phrases stand in a text, in one pass over its bytes.
struct PhraseTable: Sendable {
    private struct Phrase: Sendable {
        let id: Int
        let list: Int
        let bytes: [UInt8]
    }

    private let lists: Int
    private let count: Int
    /// By the first byte.
    private let phrases: [[Phrase]]

    init(_ lists: [[String]]) {
        self.lists = lists.count
        var (table, id) = (Array(repeating: [Phrase](), count: 256), 0)
        for (list, texts) in lists.enumerated() {
            for text in texts {
                let bytes = Array(text.utf8)
                guard let first = bytes.first else { continue }
                table[Int(first)].append(Phrase(id: id, list: list, bytes: bytes))
                id += 1
            }
        }
        (phrases, count) = (table, id)
    }

    /// How many phrases of each list, each counted once.
    func found(in text: String) -> [Int] {
        let bytes = Array(text.utf8)
        var seen = Array(repeating: false, count: count)
        var found = Array(repeating: 0, count: lists)
        for start in bytes.indices {
            for phrase in phrases[Int(bytes[start])]
            where !seen[phrase.id] && bytes[start...].starts(with: phrase.bytes) {
                seen[phrase.id] = true
                found[phrase.list] += 1
            }
        }
        return found
    }
}
