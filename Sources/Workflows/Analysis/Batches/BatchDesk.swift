import AnthropicAPI
import Consent
import Contracts
import FoundationEssentials
import Isolation
import Logging
import Postgres
import Privacy

/// Analyses of many tweets as Message Batches: half the price, answered within a day. Nobody waits for one: it is remembered in the
/// database, and the message that it was made for comes back by the delay ladder to ask (`notBefore`, which costs no attempt), as the
/// broker would not leave a delivery unacknowledged for so long. Any message of the same user may ask.
///
/// 1. Noted, handed over, its id noted. A death in between, or an answer that was lost, may leave a batch that nobody can ask for: the
///    provider gives batches no name of ours. It may be paid for twice, is never counted twice, and never without being told (`LostBatch`).
/// 2. Asked for every `poll`. Near the end of the message's patience it is cancelled, and what was answered by then is taken.
/// 3. Ended: its answers are stored as parts, in one transaction with the note that they are there; then the provider deletes it. What it
///    did not answer is asked for one by one.
struct BatchDesk: Sendable {
    /// Batches end within 24 hours, and so does a message's patience: rather less than all, than nothing.
    static let patience: TimeInterval = 22 * 3_600
    /// So many requests in one batch at most; the provider takes 100,000.
    static let mostQuestions = 1_000

    let calls: ModelCalls
    let packer: QuestionPacker
    /// More tweets than this are a batch; nil = none ever is.
    let over: Int?
    let poll: TimeInterval

    enum Step: Sendable, Equatable {
        /// Nothing runs, nothing new is stored.
        case nothing
        case notBefore(Date)
        /// Answers are there.
        case arrived
    }

    /// Asks for the batch of this user, if there is one, or hands one over if there are so many tweets.
    ///
    /// - Parameter fence: Whether the caller may still write; the statement that makes sure.
    func step(
        _ job: BatchJob, _ tweets: [StoredTweet], now: Date
    ) async throws -> Step {
        if let batch = try await StoredBatch.read(job.rows, job.kind) { return try await tend(batch, job, now) }
        guard let over, tweets.count > over, !job.hasParts else { return .nothing }
        return try await submit(tweets, job, now)
    }

    /// Consent is gone, or the user: what the provider has is cancelled and deleted, and nothing of it taken. False while it takes the
    /// provider some time to cancel.
    func discard(_ rows: UserRows, _ kind: AnalyzeRequest.Kind, because reason: RefusalReason) async throws -> Bool {
        let left = LeftBatches(client: calls.client, rows: rows)
        if reason == .userErased { return try await left.clear() }
        guard let batch = try await StoredBatch.read(rows, kind) else { return true }
        if let id = batch.id, try await !left.end(id) { return false }
        try await rows.atomically(StoredBatch.removal(rows, kind))
        return true
    }

    // MARK: Steps

    private func submit(_ tweets: [StoredTweet], _ job: BatchJob, _ now: Date) async throws -> Step {
        guard let model = calls.catalogue.candidates(of: job.subject.models).first else { return .nothing }
        let asked = packer.questions(for: tweets).prefix(Self.mostQuestions).enumerated().map { number, question in
            (id: "q\(number)", question: AskedQuestion(question, about: job.subject))
        }
        let batch = StoredBatch(
            state: .submitting, model: model,
            entries: asked.map { id, asked in
                StoredBatch.Entry(
                    customID: id, tweets: asked.question.tweets.map(\.id), isApart: asked.question.isApart,
                    receipt: asked.receipt)
            }, submittedAt: now)
        try await job.rows.atomically([
            ConsentGate.requirement(for: job.rows.user), batch.insertion(job.rows, job.kind, for: job.message),
        ])
        do {
            let status = try await calls.circuits.call(model) {
                try await calls.client.createBatch(asked.map { ($0.id, $0.question.request(to: model)) })
            }
            try await job.rows.query(StoredBatch.update(job.rows, job.kind, id: status.id, to: .running))
        } catch {
            // A row that stays, as the database is away too, tells whoever comes next.
            let isLost = LostBatch.mayHaveArrived(after: error)
            var isUnknown = false
            if case AnthropicError.notFound = error { isUnknown = calls.catalogue.isMissing(model) }
            _ = try? await job.rows.atomically(
                StoredBatch.removal(job.rows, job.kind) + (isLost ? LostBatch(batch, job).statements : [])
                    // Its analysis may end a day from now.
                    + calls.catalogue.takeUntold().map { UnknownModel(name: $0).raise })
            // The next of the list serves.
            if isUnknown { return .notBefore(now + 1) }
            throw error
        }
        job.logger.info(
            "handed over as a batch", metadata: ["tweets": "\(tweets.count)", "requests": "\(asked.count)"])
        return .notBefore(now + poll)
    }

    private func tend(_ batch: StoredBatch, _ job: BatchJob, _ now: Date) async throws -> Step {
        guard let id = batch.id, batch.state != .submitting else {
            let lost = LostBatch(batch, job)
            try await job.rows.atomically(StoredBatch.removal(job.rows, job.kind) + lost.statements)
            job.logger.warning("a batch may run that nobody can ask for", metadata: ["requests": "\(lost.requests)"])
            return .nothing
        }
        if batch.state == .running {
            let status: BatchStatus
            do {
                status = try await calls.circuits.call(batch.model) { try await calls.client.batch(id) }
            } catch AnthropicError.notFound {
                job.logger.error("the provider does not know a batch any more", metadata: ["batch": "\(id)"])
                try await job.rows.atomically(StoredBatch.removal(job.rows, job.kind))
                return .nothing
            }
            guard status.processing == .ended else {
                if status.processing == .inProgress, now.timeIntervalSince(batch.submittedAt) > Self.patience {
                    try await calls.client.cancelBatch(id)
                }
                return .notBefore(now + poll)
            }
            try await fetch(id, batch, job)
        }
        try await calls.client.deleteBatch(id)
        try await job.rows.atomically(StoredBatch.removal(job.rows, job.kind))
        return .arrived
    }

    private func fetch(_ id: String, _ batch: StoredBatch, _ job: BatchJob) async throws {
        let results = try await calls.circuits.call(batch.model) { try await calls.client.batchResults(id) }
        let byID = Dictionary(results.map { ($0.customID, $0.outcome) }, uniquingKeysWith: { first, _ in first })
        let screen = FreeTextScreen(known: [job.subject.identity])
        let parts = batch.entries.compactMap { entry in Self.part(byID[entry.customID], entry, batch, screen) }
        try await job.rows.atomically(
            [ConsentGate.requirement(for: job.rows.user)] + parts.map { job.parts.insertion(of: $0) } + [
                StoredBatch.update(job.rows, job.kind, id: id, to: .fetched)
            ])
        job.logger.info(
            "a batch has ended", metadata: ["requests": "\(batch.entries.count)", "answers": "\(parts.count)"])
    }

    /// Nil for a question without an answer: its tweets are asked for again. An answer that is of no use was paid for.
    private static func part(
        _ outcome: BatchResult.Outcome?, _ entry: StoredBatch.Entry, _ batch: StoredBatch, _ screen: FreeTextScreen
    ) -> AnalysisPart? {
        guard case .answered(let message) = outcome else { return nil }
        let tweets = entry.tweets.map { StoredTweet(id: $0, text: "", postedAt: nil) }
        var part: AnalysisPart
        do throws(AnthropicError) {
            part = try AnalysisPart.read(
                try message.finished(), to: Question(tweets: tweets, isApart: entry.isApart), entry.receipt, screen)
        } catch {
            part = AnalysisPart()
            (part.model, part.usage) = (batch.model, message.usage)
        }
        part.isBatched = true
        return part
    }
}

/// What a batch is about.
struct BatchJob: Sendable {
    let rows: UserRows
    let kind: AnalyzeRequest.Kind
    let message: MessageID
    let subject: Judge.Subject
    let parts: StoredParts
    /// Answers are there already: what is left is asked for one by one.
    let hasParts: Bool
    let logger: Logger
}
