import AnthropicAPI
import Contracts
import Privacy
import Synchronization

/// Has tweets judged: packs them into questions, asks several at once, checks and screens each answer, and hands it on to be stored at
/// once. What cannot be answered as a whole is asked in halves, down to the single tweet, which is declined then: no tweet can spoil
/// the analysis of the others.
struct Judge: Sendable {
    /// Questions of one analysis that are asked at the same time.
    static let parallel = 4
    /// Questions that may come to nothing in one attempt at an analysis; a provider that answers nothing usable must not be paid for ever.
    static let mostFailures = 24

    let calls: ModelCalls
    let packer: QuestionPacker

    /// Whom it is about.
    struct Subject: Sendable {
        let user: UserID
        let identity: KnownIdentity
        let pseudonym: String
        let models: [String]
    }

    /// - Parameter store: Keeps a part for good; called from several tasks at once.
    /// - Throws: The first error, when all questions that were under way are through; parts that were stored stay.
    func judge(
        _ tweets: [StoredTweet], of subject: Subject, store: @Sendable @escaping (AnalysisPart) async throws -> Void
    ) async throws {
        let session = Session(calls: calls, subject: subject, store: store)
        var questions = packer.questions(for: tweets)[...]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for question in questions.prefix(Self.parallel) { group.addTask { try await session.settle(question) } }
            questions = questions.dropFirst(Self.parallel)
            var failure: (any Error)?
            while let result = await group.nextResult() {
                if case .failure(let error) = result { failure = failure ?? error }
                // After a failure what is under way is paid for: it goes on to its end, and nothing new begins.
                if failure == nil, let next = questions.popFirst() {
                    group.addTask { try await session.settle(next) }
                }
            }
            if let failure { throw failure }
        }
    }
}

/// One attempt at an analysis.
private final class Session: Sendable {
    private let calls: ModelCalls
    private let subject: Judge.Subject
    private let screen: FreeTextScreen
    private let store: @Sendable (AnalysisPart) async throws -> Void
    private let failures = Mutex(0)

    init(
        calls: ModelCalls, subject: Judge.Subject, store: @Sendable @escaping (AnalysisPart) async throws -> Void
    ) {
        self.calls = calls
        self.subject = subject
        self.store = store
        screen = FreeTextScreen(known: [subject.identity])
    }

    func settle(_ question: Question) async throws {
        let asked = AskedQuestion(question, about: subject)
        let answer: MessageAnswer
        do {
            answer = try await calls.ask(subject.user, subject.models) { asked.request(to: $0) }
        } catch let error as AnthropicError where error.isOfTheQuestion {
            return try await goOn(from: error, question, spent: error.usage)
        }
        let part: AnalysisPart
        do throws(AnthropicError) {
            part = try asked.part(answer, screen)
        } catch {
            // A message of another shape than asked for: that may be a tweet's doing.
            return try await goOn(from: error, question, spent: answer.usage, model: answer.model)
        }
        try await store(part)
    }

    private func goOn(
        from error: AnthropicError, _ question: Question, spent: TokenUsage, model: String? = nil
    ) async throws {
        let failures = failures.withLock { failures in
            failures += 1
            return failures
        }
        guard failures <= Judge.mostFailures else { throw error }
        var nothing = AnalysisPart()
        (nothing.model, nothing.usage) = (model ?? subject.models.first ?? "", spent)
        guard let (first, second) = question.halves else {
            nothing.declined = question.tweets.map(\.id)
            return try await store(nothing)
        }
        if spent.total > 0 { try await store(nothing) }
        try await settle(first)
        try await settle(second)
    }
}
