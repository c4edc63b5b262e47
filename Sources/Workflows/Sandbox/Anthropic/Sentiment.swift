/// Scores a text by ``Lexicon`` and a few rules.
enum Sentiment {
    /// From -1 to 1, to two places; 0 is neutral.
    static func score(_ text: String) -> Double {
        let words = SentimentWord.words(of: text)
        var weights = words.indices.map { weight(at: $0, in: words) }
        // What stands after "but" is what was meant.
        if let turn = words.lastIndex(where: { $0.lower == "but" || $0.lower == "however" }), turn > 0 {
            for index in weights.indices { weights[index] *= index < turn ? 0.6 : 1.4 }
        }
        var sum = weights.reduce(0, +)
        let marks = min(3, text.utf8.filter { $0 == UInt8(ascii: "!") }.count)
        if sum != 0 { sum += (sum > 0 ? 0.3 : -0.3) * Double(marks) }
        let score = sum / (sum * sum + 14).squareRoot()
        let rounded = (score * 100).rounded() / 100
        return abs(rounded) < 0.05 ? 0 : rounded
    }

    private static func weight(at index: Int, in words: [SentimentWord]) -> Double {
        let word = words[index]
        guard var weight = word.weight else { return 0 }
        if word.isSign { return weight }
        if word.isShouted { weight *= 1.25 }
        if word.isDrawnOut { weight *= 1.15 }
        if index > 0, let factor = Lexicon.intensifiers[words[index - 1].lower] { weight *= factor }
        // "No" and "never" weigh a little by themselves, but not before something that they turn round.
        if Lexicon.negations.contains(word.lower) {
            let next = words[(index + 1)..<min(index + 4, words.count)]
            return next.contains { $0.weight != nil && !$0.isSign } ? 0 : weight
        }
        let before = words[max(0, index - 3)..<index]
        if before.contains(where: { Lexicon.negations.contains($0.lower) }) { weight *= weight > 0 ? -0.6 : -0.4 }
        return weight
    }
}
