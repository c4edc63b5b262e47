import AnthropicAPI
import Privacy

/// A question as it goes to a model, sanitized, and what an answer to it means.
struct AskedQuestion: Sendable {
    let question: Question
    private let prompt: Prompt
    private let pseudonym: String

    init(_ question: Question, about subject: Judge.Subject) {
        self.question = question
        pseudonym = subject.pseudonym
        let data = PromptSanitizer.sanitize(question.tweets.map(\.text), known: [subject.identity])
        prompt = Prompt(instructions: JudgementPrompt.instructions, data: data)
    }

    var receipt: PromptReceipt { PromptReceipt(prompt.receipt, tweets: question.tweets.count) }

    func request(to model: String) -> MessageRequest {
        MessageRequest(
            model: model, maxTokens: question.answerTokens, system: JudgementPrompt.system, prompt: prompt,
            userPseudonym: pseudonym)
    }

    /// The answer, decoded strictly and screened.
    func part(_ message: MessageAnswer, _ screen: FreeTextScreen) throws(AnthropicError) -> AnalysisPart {
        try AnalysisPart.read(message, to: question, receipt, screen)
    }
}

extension AnalysisPart {
    /// An answer to a question, decoded strictly and screened.
    static func read(
        _ message: MessageAnswer, to question: Question, _ receipt: PromptReceipt, _ screen: FreeTextScreen
    ) throws(AnthropicError) -> AnalysisPart {
        let answer = try SentimentAnswer.decode(message.text, expecting: question.tweets.count)
        var part = AnalysisPart(answer, to: question, model: message.model, screen: screen)
        part.usage = message.usage
        part.receipt = receipt
        return part
    }
}

extension AnthropicError {
    /// Whether fewer tweets in one question may fare better.
    var isOfTheQuestion: Bool {
        switch self {
        case .refused, .truncated, .contextWindowExceeded, .requestTooLarge: true
        case .promptNotClean, .rateLimited, .overloaded, .unauthorized, .invalidRequest, .notFound, .unavailable,
            .malformedAnswer, .interrupted:
            false
        }
    }

    /// What a call that came to nothing cost.
    var usage: TokenUsage {
        switch self {
        case .refused(let usage), .truncated(let usage), .contextWindowExceeded(let usage): usage
        default: TokenUsage(uncachedInput: 0, output: 0)
        }
    }
}
