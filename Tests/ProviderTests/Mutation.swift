enum Mutation {
    private static let pieces = [
        "null", "-1", "1e999", "2.5", "\"\"", "[]", "{}", "99999999999999999999", "\\u0000", "\\ud800", "true",
        "\"n\":", ",",
    ].map { Array($0.utf8) }

    /// One to four changes: a byte changed, a piece put in, a range cut out or repeated, the end cut off.
    static func of(_ text: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var text = text
        for _ in 0..<Int.random(in: 1...4, using: &random) where !text.isEmpty {
            let at = Int.random(in: 0..<text.count, using: &random)
            let end = min(text.count, at + Int.random(in: 1...12, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: text[at] = UInt8.random(in: 0...255, using: &random)
            case 1: text.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
            case 2: text.replaceSubrange(at..<end, with: pieces.randomElement(using: &random) ?? [])
            case 3: text.removeSubrange(at..<end)
            case 4: text.insert(contentsOf: Array(text[at..<end]), at: at)
            default: if Int.random(in: 0..<8, using: &random) == 0 { text.removeSubrange(at...) }
            }
        }
        return text
    }
}
