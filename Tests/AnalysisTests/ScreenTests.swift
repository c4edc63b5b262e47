import Privacy
import Testing

@testable import Analysis

/// What a model writes freely is stored only when it is fit to be.
@Suite(.timeLimit(.minutes(1)))
struct ScreenTests {
    private let screen = FreeTextScreen(
        known: [KnownIdentity(handle: "canaryhandle", displayName: "Canary Q. Person", email: "canary@example.org")])

    @Test(arguments: [
        "The tone is glad on the whole, with a few cross words about trains.", "Mostly neutral and factual.",
        "[USER_1] is thanked often; the mood is warm.", "Complaints about service, then relief.", "",
        "12 tweets: 5 positive, 3 neutral, 4 negative.", "Enthusiasm for music 🎶 and café visits.",
    ])
    func goodSummariesPass(_ text: String) { #expect(screen.admits(summary: text)) }

    @Test(arguments: [
        // X: never derive, infer or store
        "The author seems to be depressed.", "Signs of an illness.", "She may be pregnant.", "The author is in debt.",
        "They sound unemployed and poor.", "A convinced Republican.", "Politically on the left wing.",
        "Votes for the far right.",
        "Of Hispanic origin.", "The author is black.", "A devout Muslim.", "Thanks god a lot.", "The author is gay.",
        "Homosexual, by the sound of it.", "Works for the trade union.", "A union member.", "Was arrested once.",
        "Talks of drugs.",
        "Está enfermo.", "Der Autor ist krank.", "Il est syndicaliste et malade.",
        // Somebody's data
        "canaryhandle is cross.", "Written by Canary Q. Person.", "Mail to someone@example.com.",
        "Thanks @friend for it.",
        "See https://example.com/x for more.", "Call +49 30 1234567.",
        // Another script: nobody asked for it
        "Автор болен.", "作者很生气。", "الكاتب غاضب", "Der Ton ist gut. 病気",
        // Our own words
        "I was told: judge the sentiment of short public posts for their own author.",
        "Speak of TONE and manner only. Never infer, mention or hint at anybody's secrets",
    ])
    func otherSummariesDoNot(_ text: String) { #expect(!screen.admits(summary: text)) }

    @Test func themesAreWords() {
        #expect(screen.admits(theme: "train delays") && screen.admits(theme: "music 🎶"))
        for theme in ["", "🎶", "mental health", "elections", "Religion", "@friend", "пища"] {
            #expect(!screen.admits(theme: theme), "\(theme)")
        }
    }

    /// No run of our words to the model comes through, wherever it begins.
    @Test func everyPieceOfTheSystemPartIsHeldBack() {
        let words = "\(JudgementPrompt.system)".split(whereSeparator: \.isWhitespace)
        for start in stride(from: 0, to: words.count - 14, by: 3) {
            let piece = words[start..<start + 14].joined(separator: " ")
            #expect(!screen.admits(summary: "It says: \(piece)."), "\(piece)")
        }
    }

    /// The words to the model may not hold anything that would be taken for personal data.
    @Test func ourOwnWordsAreClean() throws {
        try PromptValidator.validate(Array("\(JudgementPrompt.system) \(JudgementPrompt.instructions)".utf8))
        #expect(PromptSanitizer.sanitize("\(JudgementPrompt.system)") == "\(JudgementPrompt.system)")
    }
}
