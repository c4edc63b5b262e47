import EventLoop
import Postgres

/// Commits the work of many jobs in few transactions: whatever came in while others were on their way goes together. A commit
/// costs a flush to disk however much is in it, so this is worth several times the throughput under load, and costs a lone
/// job nothing.
///
/// Each job's statements stand together and succeed or fail for that job alone: when a statement fails, its job gets the
/// error, and the others are committed again without it. After a transient failure (a deadlock, say) each goes by itself.
///
/// A group takes its locks in the order of `key` (the user's id), so that two groups, here or in other processes, do not lock
/// the same users crosswise.
actor GroupCommitter {
    private struct Entry {
        let statements: [SQL]
        let key: String
        let continuation: UnsafeContinuation<Result<Void, any Error>, Never>
    }

    /// Transactions on their way at once, and jobs in one.
    private static let transactions = 4
    private static let groupSize = 64

    private let postgres: PostgresPool
    nonisolated var unownedExecutor: UnownedSerialExecutor { postgres.loop.asUnownedSerialExecutor() }
    private var waiting: [Entry] = []
    private var running = 0

    init(postgres: PostgresPool) { self.postgres = postgres }

    /// Returns when the statements are committed, all of them and in their order; throws what kept them from it.
    func commit(_ statements: [SQL], key: String) async throws {
        let result = await withUnsafeContinuation { continuation in
            waiting.append(Entry(statements: statements, key: key, continuation: continuation))
            startWhatMay()
        }
        try result.get()
    }

    private func startWhatMay() {
        guard running < Self.transactions, !waiting.isEmpty else { return }
        running += 1
        let group = Array(waiting.prefix(Self.groupSize))
        waiting.removeFirst(group.count)
        Task(executorPreference: postgres.loop) { await self.run(group) }
    }

    private func run(_ group: [Entry]) async {
        await settle(group.sorted { $0.key < $1.key })
        running -= 1
        startWhatMay()
    }

    private func settle(_ group: [Entry]) async {
        var group = group
        while group.count > 1 {
            do {
                try await postgres.atomically(group.flatMap(\.statements))
                return finish(group, .success(()))
            } catch {
                if Outage.explains(error) { return finish(group, .failure(error)) }
                guard let culprit = Self.culprit(of: error, in: group) else { break }
                finish([group.remove(at: culprit)], .failure(error))
            }
        }
        for entry in group { await settleAlone(entry) }
    }

    private func settleAlone(_ entry: Entry) async {
        do {
            try await postgres.atomically(entry.statements)
            finish([entry], .success(()))
        } catch {
            finish([entry], .failure(error))
        }
    }

    private func finish(_ entries: [Entry], _ result: Result<Void, any Error>) {
        for entry in entries { entry.continuation.resume(returning: result) }
    }

    /// Whose statement it was; nil when the error says nothing of the job itself.
    private static func culprit(of error: any Error, in group: [Entry]) -> Int? {
        guard let error = error as? PostgresError, !error.isRetryable, var index = error.statementIndex else {
            return nil
        }
        return group.firstIndex { entry in
            index -= entry.statements.count
            return index < 0
        }
    }
}
