import EventLoop
import Postgres

/// Commits the work of many jobs in few transactions: whatever came in while others were on their way goes together. A commit
/// costs a flush to disk however much is in it, and a statement for all jobs (`JobGroup`) costs little more than one for one job;
/// so this is worth many times the throughput under load, and costs a lone job nothing.
///
/// A job succeeds or fails for itself alone. When a statement of one job fails, that job gets the error, and the others are
/// committed again without it. When a statement for all fails, which does not say whose fault it is, each half of the group is
/// committed by itself, and so on until the culprits are alone. After a transient failure (a deadlock, say) each job goes by
/// itself. When the server is away all get that error, as the outcome may be unknown.
///
/// A group takes its locks in the order of `JobRecord.key` (the user's id), so that two groups, here or in other processes, do
/// not lock the same users crosswise.
actor GroupCommitter {
    private struct Entry {
        let record: JobRecord
        let continuation: UnsafeContinuation<Result<Void, any Error>, Never>
    }

    private enum Failure {
        /// The server is away: the same for all.
        case outage
        case ofJob(Int)
        /// A statement for all: of one of them, or of several.
        case ofAll
        /// It says nothing of any job.
        case passing
    }

    private let postgres: PostgresPool
    nonisolated var unownedExecutor: UnownedSerialExecutor { postgres.loop.asUnownedSerialExecutor() }
    private var entries = GroupQueue<Entry>(groups: 4, size: 256)

    init(postgres: PostgresPool) { self.postgres = postgres }

    /// Returns when all of it is committed; throws what kept it from that.
    func commit(_ record: JobRecord) async throws {
        let result = await withUnsafeContinuation { continuation in
            entries.append(Entry(record: record, continuation: continuation))
            startGroup()
        }
        try result.get()
    }

    private func startGroup() {
        guard entries.mayStart() else { return }
        Task(executorPreference: postgres.loop) { await self.runGroup() }
    }

    private func runGroup() async {
        let group = entries.take()
        startGroup()
        await settle(group.sorted { $0.record.key < $1.record.key })
        entries.finish()
        startGroup()
    }

    // MARK: One group

    private func settle(_ group: [Entry]) async {
        guard group.count > 1 else { return await settleEach(group) }
        let statements = JobGroup(group.map(\.record))
        do {
            try await postgres.atomically(statements.all)
            finish(group, .success(()))
        } catch {
            switch Self.failure(error, of: statements) {
            case .outage: finish(group, .failure(error))
            case .ofJob(let index):
                var others = group
                finish([others.remove(at: index)], .failure(error))
                await settle(others)
            case .ofAll:
                let middle = group.count / 2
                await settle(Array(group[..<middle]))
                await settle(Array(group[middle...]))
            case .passing: await settleEach(group)
            }
        }
    }

    private func settleEach(_ group: [Entry]) async {
        for entry in group {
            do {
                try await postgres.atomically(entry.record.statements)
                finish([entry], .success(()))
            } catch {
                finish([entry], .failure(error))
            }
        }
    }

    private func finish(_ entries: [Entry], _ result: Result<Void, any Error>) {
        for entry in entries { entry.continuation.resume(returning: result) }
    }

    private static func failure(_ error: any Error, of statements: JobGroup) -> Failure {
        if Outage.explains(error) { return .outage }
        guard let error = error as? PostgresError, !error.isRetryable, let index = error.statementIndex else {
            return .passing
        }
        return statements.owner(ofStatement: index).map { .ofJob($0) } ?? .ofAll
    }
}
