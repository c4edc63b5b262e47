public import Alerting
import AuditTrail
import Contracts
import FoundationEssentials
public import Postgres

/// Works through dead letters in batches, each batch with its audit entry in one transaction; resumable, as what is settled is not
/// selected again. Any number may work at once: a letter that one has locked is left to it.
public struct DeadLetterWork: Sendable {
    /// What became of a batch. Told after its commit only.
    public struct Batch: Sendable {
        public var settled: [DeadRow]
        public var skipped: [(row: DeadRow, why: String)]

        public init(settled: [DeadRow] = [], skipped: [(row: DeadRow, why: String)] = []) {
            self.settled = settled
            self.skipped = skipped
        }
    }

    private static let batchSize = 100

    public let postgres: PostgresPool
    public let selection: DeadSelection
    /// Who does it, for the audit trail: a program, or `console:NAME`.
    public let actor: String

    public init(postgres: PostgresPool, selection: DeadSelection, actor: String) {
        self.postgres = postgres
        self.selection = selection
        self.actor = actor
    }

    /// How many are selected now.
    public func count() async throws -> Int {
        let row = try await postgres.query("select count(*) as n from dead_letters where \(selection)").first
        return try row?.decode(Int.self, "n") ?? 0
    }

    /// What would be sent, one letter at a time at constant memory; sends and changes nothing.
    public func rehearse(_ hear: (DeadRow, Result<ReplayedMessage, ReplayedMessage.Obstacle>) throws -> Void)
        async throws
    {
        for try await row in postgres.stream(DeadRow.statement(selection)) {
            let letter = try DeadRow(row)
            let result: Result<ReplayedMessage, ReplayedMessage.Obstacle>
            do throws(ReplayedMessage.Obstacle) { result = .success(try letter.replay(at: Date())) } catch {
                result = .failure(error)
            }
            try hear(letter, result)
        }
    }

    /// Publishes letters and marks them. A batch is locked, published and confirmed, marked and audited, committed, in this order: a
    /// crash before the commit leaves letters that were sent and are new still, and sending them again is harmless.
    public func replay(by post: ReplayPost, hear: (Batch) throws -> Void) async throws {
        try await carryOut(status: .replayed, note: nil, { try await Self.send($0, by: post) }, hear)
    }

    /// Lays letters to rest. `note` goes into their rows, never into the trail, which outlives everything.
    public func discard(note: String?, hear: (Batch) throws -> Void) async throws {
        try await carryOut(status: .discarded, note: note, { Batch(settled: $0) }, hear)
    }

    private func carryOut(
        status: DeadSelection.Status, note: String?, _ settle: ([DeadRow]) async throws -> Batch,
        _ hear: (Batch) throws -> Void
    ) async throws {
        let start = try await postgres.query("select now()::text as now")[0].decode(String.self, "now")
        var cursor = DeadCursor()
        while true {
            let before = cursor
            let batch = try await postgres.transaction { transaction in
                let rows = try await transaction.query(
                    DeadRow.batch(selection, after: before, storedUntil: start, limit: Self.batchSize))
                let letters = try rows.map { try DeadRow($0) }
                let outcome = try await settle(letters)
                try await record(outcome.settled, status, note, transaction)
                let place = try rows.last.map { try $0.decode(String.self, "place") }
                return (outcome: outcome, place: place, lastID: letters.last?.id)
            }
            try hear(batch.outcome)
            guard let place = batch.place, let id = batch.lastID else { return }
            cursor = DeadCursor(diedAt: place, id: id)
        }
    }

    private static func send(_ letters: [DeadRow], by post: ReplayPost) async throws -> Batch {
        var batch = Batch()
        var messages: [ReplayedMessage] = []
        let now = Date()
        for letter in letters {
            do throws(ReplayedMessage.Obstacle) {
                messages.append(try letter.replay(at: now))
                batch.settled.append(letter)
            } catch { batch.skipped.append((letter, "\(error)")) }
        }
        try await post.send(messages)
        return batch
    }

    private func record(
        _ rows: [DeadRow], _ status: DeadSelection.Status, _ note: String?, _ transaction: PostgresTransaction
    ) async throws {
        guard !rows.isEmpty else { return }
        let ids = rows.map(\.id)
        let change = SQL(
            """
            update dead_letters
            set status = \(status.rawValue), settled_at = now(), settled_by = \(actor), note = \(note)
            where id = any (\(ids)::text[])
            """)
        // The audit trail's head stays locked until the commit: last.
        try await transaction.batch([change, entry(rows, status).statement])
    }

    /// Ids, words of ours and counts.
    private func entry(_ rows: [DeadRow], _ status: DeadSelection.Status) -> AuditEntry {
        AuditEntry(
            actor: actor, userID: nil, action: status == .replayed ? "dead.replay" : "dead.discard", outcome: "done",
            detail: [
                "ids": .array(rows.map { .string(String($0.id.prefix(64))) }),
                "queue": .object(counts(rows.map(\.auditedQueue))),
                "reason": .object(counts(rows.map(\.auditedReason))),
                "selected_by": .string(selection.kind),
            ])
    }

    private func counts(_ words: [String]) -> [String: JSONValue] {
        words.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }.mapValues { .integer($0) }
    }
}
