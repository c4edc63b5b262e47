import Privacy

/// Whether words that a model wrote may be stored. X forbids to infer or store certain things about its users, the schema has no place
/// for them, and this sees to it that they do not come in by a theme or a summary. Nor may anybody's data, nor our own words to the model.
/// Pure; over-eager, as what is withheld is missed by nobody: the numbers speak.
struct FreeTextScreen: Sendable {
    /// Changes with any rule or word; stored with each analysis.
    static let version = 1

    /// So many words in a row that stand in our words to the model too are no chance.
    static let leak = 6

    private let known: [KnownIdentity]
    private let ours: Set<[Substring]>

    init(known: [KnownIdentity], system: StaticString = JudgementPrompt.system) {
        self.known = known
        let words = Self.words("\(system)")
        ours = Set(Self.runs(of: words))
    }

    func admits(theme: String) -> Bool { theme.contains(where: \.isLetter) && admits(theme) }

    func admits(summary: String) -> Bool { admits(summary) }

    private func admits(_ text: String) -> Bool {
        let words = Self.words(text)
        return isLatin(text) && !ForbiddenInference.isHinted(by: words) && !isPersonal(text) && !leaks(words)
    }

    /// We ask for English: what comes in another script is nobody's wish but a tweet's.
    private func isLatin(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            !scalar.properties.isAlphabetic || scalar.value < 0x250 || (0x1E00...0x1EFF).contains(scalar.value)
        }
    }

    private func isPersonal(_ text: String) -> Bool { PromptSanitizer.sanitize(text, known: known) != text }

    private func leaks(_ words: [Substring]) -> Bool { Self.runs(of: words).contains { ours.contains($0) } }

    private static func runs(of words: [Substring]) -> [[Substring]] {
        guard words.count >= leak else { return [] }
        return (0...(words.count - leak)).map { Array(words[$0..<($0 + leak)]) }
    }

    private static func words(_ text: String) -> [Substring] {
        text.lowercased().split { !($0.isLetter || $0.isNumber) }
    }
}
