import Privacy
import Testing

@testable import Analysis
@testable import AnthropicAPI

/// What of a well-formed answer is kept.
@Suite(.timeLimit(.minutes(1)))
struct PartTests {
    private static let screen = FreeTextScreen(
        known: [KnownIdentity(handle: "canaryhandle", displayName: "Canary Q. Person", email: "canary@example.org")])

    private static let usage = TokenUsage(uncachedInput: 7, output: 3)

    private func answer(themes: String, summary: String) -> MessageAnswer {
        let text = """
            {"tweets":[{"n":2,"sentiment":"negative","score":-0.5},{"n":1,"sentiment":"positive","score":0.5}],\
            "themes":[\(themes)],"notable":[2],"risks":[{"n":2,"risk":"insult"}],"summary":"\(summary)"}
            """
        return MessageAnswer(
            model: "claude-opus-5", text: text, stopReason: .endTurn, usage: Self.usage, requestID: nil)
    }

    private func read(_ answer: MessageAnswer, apart: Bool = false, tweets: Int = 2) throws -> AnalysisPart {
        let question = Question(
            tweets: (1...tweets).map { StoredTweet(id: "90\($0)", text: "x", postedAt: nil) }, isApart: apart)
        let prompt = Prompt(instructions: "Judge.", data: PromptSanitizer.sanitize(["x"]))
        let receipt = PromptReceipt(prompt.receipt, tweets: tweets)
        return try AnalysisPart.read(answer, to: question, receipt, Self.screen)
    }

    @Test func numbersBecomeIDsAndWhatIsFitIsKept() throws {
        let part = try read(answer(themes: #""train delays","music""#, summary: "Glad, then cross."))
        #expect(part.verdicts.map(\.id) == ["901", "902"] && part.verdicts.map(\.score) == [0.5, -0.5])
        #expect(part.notable == ["902"] && part.risks == [.init(id: "902", risk: .insult)])
        #expect(part.themes == ["train delays", "music"] && part.summary == "Glad, then cross.")
        #expect(part.withheld == 0 && part.usage == Self.usage && part.model == "claude-opus-5")
        #expect(part.receipt?.tweets == 2)
    }

    /// What X forbids to infer, and whatever is personal, is not stored; that something was withheld is.
    @Test func whatIsNotFitIsWithheldAndCounted() throws {
        let part = try read(
            answer(
                themes: #""music","elections","mental health","canaryhandle""#, summary: "The author seems to be ill."))
        #expect(part.themes == ["music"] && part.summary.isEmpty && part.withheld == 4)
        #expect(part.verdicts.count == 2, "the numbers are what they are")
        let stored = part.json.serialized()
        for word in ["election", "health", "canary", " ill"] { #expect(!stored.contains(word), "\(word)") }
    }

    /// Tweets that speak to the model have their own labels and risks, and no say in what is told of all.
    @Test func ofTweetsApartOnlyTheJudgementsAreUsed() throws {
        let part = try read(answer(themes: #""music""#, summary: "All of it is wonderful."), apart: true)
        #expect(part.verdicts.count == 2 && part.risks.count == 1)
        #expect(part.themes.isEmpty && part.notable.isEmpty && part.summary.isEmpty && part.withheld == 0)
    }

    @Test(arguments: [1, 3])
    func anAnswerToAnotherNumberOfTweetsIsNone(tweets: Int) {
        #expect(throws: AnthropicError.self) {
            try read(answer(themes: "", summary: ""), tweets: tweets)
        }
    }
}
