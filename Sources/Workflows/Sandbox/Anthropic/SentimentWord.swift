/// One word, emoticon or emoji of a text, with its weight if the lexicon knows it.
struct SentimentWord {
    var lower: String
    var weight: Double?
    /// An emoticon or emoji: nothing before it turns it round.
    var isSign = false
    var isShouted = false
    /// "soooo": drawn out for emphasis.
    var isDrawnOut = false

    static func words(of text: String) -> [SentimentWord] {
        var plain = text
        for (entity, sign) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&"), ("\u{2019}", "'")] {
            plain = plain.replacing(entity, with: sign)
        }
        let hasQuietWords = plain.contains(where: \.isLowercase)
        return plain.split(whereSeparator: \.isWhitespace).flatMap { part -> [SentimentWord] in
            let part = String(part)
            if part.hasPrefix("http") || part.hasPrefix("@") || part.hasPrefix("[") { return [] }
            if let weight = Lexicon.emoticons[part] {
                return [SentimentWord(lower: part, weight: weight, isSign: true)]
            }
            return signs(in: part) + words(in: part, canShout: hasQuietWords)
        }
    }

    /// Emoji anywhere, and an emoticon that hangs on the end of a word.
    private static func signs(in part: String) -> [SentimentWord] {
        var found = part.compactMap { character -> SentimentWord? in
            guard !character.isASCII, let weight = Lexicon.emoticons[String(character)] else { return nil }
            return SentimentWord(lower: String(character), weight: weight, isSign: true)
        }
        for length in [4, 3, 2] where part.count > length {
            let tail = String(part.suffix(length))
            let isSign = tail.contains { ":;=<^_".contains($0) }
            if isSign, let weight = Lexicon.emoticons[tail], part.dropLast(length).last?.isNumber != true {
                found.append(SentimentWord(lower: tail, weight: weight, isSign: true))
                break
            }
        }
        return found
    }

    private static func words(in part: String, canShout: Bool) -> [SentimentWord] {
        part.split { !($0.isLetter || $0 == "'" || $0.isNumber) }.map { piece in
            let word = String(piece)
            let lower = word.lowercased()
            let (weight, isDrawnOut) = known(lower)
            let isShouted = canShout && word.count > 2 && !word.contains(where: \.isLowercase)
            return SentimentWord(lower: lower, weight: weight, isShouted: isShouted, isDrawnOut: isDrawnOut)
        }
    }

    private static func known(_ word: String) -> (weight: Double?, isDrawnOut: Bool) {
        if let weight = Lexicon.weights[word] { return (weight, false) }
        for most in [2, 1] {
            let short = squeezed(word, to: most)
            if short != word, let weight = Lexicon.weights[short] { return (weight, true) }
        }
        return (stemmed(word).flatMap { Lexicon.weights[$0] }, false)
    }

    /// "loooove" with runs of at most `most` equal letters.
    private static func squeezed(_ word: String, to most: Int) -> String {
        var out = ""
        var run = 0
        for letter in word {
            run = letter == out.last ? run + 1 : 1
            if run <= most { out.append(letter) }
        }
        return out
    }

    private static func stemmed(_ word: String) -> String? {
        for (ending, instead) in [
            ("iness", "y"), ("iest", "y"), ("ily", "y"), ("ness", ""), ("ly", ""), ("in'", "ing"), ("'s", ""),
            ("s", ""),
        ]
        where word.count > ending.count + 3 && word.hasSuffix(ending) {
            let stem = word.dropLast(ending.count) + instead
            if Lexicon.weights[String(stem)] != nil { return String(stem) }
        }
        return nil
    }
}
