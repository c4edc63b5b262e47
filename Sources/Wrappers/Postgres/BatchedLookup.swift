import EventLoop

/// Answers many callers' look-ups by few statements: what is asked in one turn of the loop, or while other statements are on
/// their way, is asked together. A statement costs the server and us far more than one more key in it.
///
/// A look-up fails for itself alone: when a statement of many fails, each of its keys is asked by itself, except when the server
/// is away, which is the same for all. A caller that is cancelled waits for its answer all the same.
///
/// May be called from any task; those that prefer the pool's loop save the hop.
public actor BatchedLookup<Key: Sendable, Answer: Sendable> {
    /// Asks the server; returns one answer for each key, in the order of the keys. It must change nothing, as it may be repeated.
    public typealias Ask = @Sendable (_ keys: [Key]) async throws -> [Answer]

    private struct Question {
        let key: Key
        let continuation: UnsafeContinuation<Result<Answer, any Error>, Never>
    }

    private let loop: EventLoop
    private let ask: Ask
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var questions = GroupQueue<Question>(groups: 4, size: 256)

    public init(on postgres: PostgresPool, _ ask: @escaping Ask) {
        loop = postgres.loop
        self.ask = ask
    }

    public func answer(to key: Key) async throws -> Answer {
        let result = await withUnsafeContinuation { continuation in
            questions.append(Question(key: key, continuation: continuation))
            startGroup()
        }
        return try result.get()
    }

    private func startGroup() {
        guard questions.mayStart() else { return }
        Task(executorPreference: loop) { await self.runGroup() }
    }

    private func runGroup() async {
        let group = questions.take()
        startGroup()
        await settle(group)
        questions.finish()
        startGroup()
    }

    private func settle(_ group: [Question]) async {
        do {
            let answers = try await answers(to: group.map(\.key))
            for (question, answer) in zip(group, answers) { question.continuation.resume(returning: .success(answer)) }
        } catch {
            if group.count > 1, (error as? PostgresError)?.meansServerIsAway != true {
                for question in group { await settle([question]) }
            } else {
                for question in group { question.continuation.resume(returning: .failure(error)) }
            }
        }
    }

    private func answers(to keys: [Key]) async throws -> [Answer] {
        let answers = try await ask(keys)
        guard answers.count == keys.count else {
            throw PostgresError(.misuse, "\(answers.count) answers to \(keys.count) look-ups")
        }
        return answers
    }
}
