import Alerting
import AuditTrail
import Bootstrap
import Contracts
import Postgres

/// What `replay` and `discard` have in common: the letters they are told to take, in batches, each batch with its audit
/// entry in one transaction.
struct DeadWork {
    static let batchSize = 100

    let postgres: PostgresPool
    let selection: DeadSelection
    let output: CommandOutput

    /// Those that `selectors` name, and a report over them. Ids that are settled already are told and left.
    static func prepare(
        _ selectors: DeadSelectors, _ work: DeadWorkReport.Work, in postgres: PostgresPool, isDryRun: Bool,
        isJSON: Bool,
        _ output: CommandOutput
    ) async throws -> (DeadWork, DeadWorkReport) {
        var selection = DeadSelection(queue: selectors.filters.queue, reason: selectors.filters.reason)
        var settled: [DeadRow] = []
        if !selectors.ids.isEmpty {
            let ids = try await DeadLookup.ids(selectors.ids, in: postgres)
            let rows = try await postgres.query(DeadRow.statement(DeadSelection(ids: ids, status: .all)))
            settled = try rows.map { try DeadRow($0) }.filter { $0.status != DeadSelection.Status.new.rawValue }
            let done = Set(settled.map(\.id))
            selection.ids = ids.filter { !done.contains($0) }
        }
        let count = try await postgres.query("select count(*) as n from dead_letters where \(selection)").first
        let total = try (count?.decode(Int.self, "n") ?? 0) + settled.count
        var report = DeadWorkReport(work, total: total, isDryRun: isDryRun, isJSON: isJSON, output: output)
        for row in settled { report.skipped(row, because: "it was \(row.status) before") }
        return (DeadWork(postgres: postgres, selection: selection, output: output), report)
    }

    /// Works through the letters. `settle` returns those of the batch that are settled now; it runs inside the
    /// transaction that holds their locks, and the report hears of them after the commit only.
    func carryOut(
        _ report: inout DeadWorkReport, status: DeadSelection.Status, note: String? = nil,
        _ settle: ([DeadRow]) async throws -> (settled: [DeadRow], skipped: [(row: DeadRow, why: String)])
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
            for row in batch.outcome.settled { report.did(row) }
            for letter in batch.outcome.skipped { report.skipped(letter.row, because: letter.why) }
            report.progress()
            guard let place = batch.place, let id = batch.lastID else { return }
            cursor = DeadCursor(diedAt: place, id: id)
        }
    }

    private func record(
        _ rows: [DeadRow], _ status: DeadSelection.Status, _ note: String?, _ transaction: PostgresTransaction
    ) async throws {
        guard !rows.isEmpty else { return }
        let ids = rows.map(\.id)
        let change = SQL(
            """
            update dead_letters
            set status = \(status.rawValue), settled_at = now(), settled_by = \(CommandServers.program), note = \(note)
            where id = any (\(ids)::text[])
            """)
        // The audit trail's head stays locked until the commit: last.
        try await transaction.batch([change, entry(rows, status).statement])
    }

    /// Ids, words of ours and counts; the note stays out, as the trail outlives everything.
    private func entry(_ rows: [DeadRow], _ status: DeadSelection.Status) -> AuditEntry {
        let counted = { (words: [String]) in
            JSONCounts(words).mapValues { Contracts.JSONValue.integer($0) }
        }
        return AuditEntry(
            actor: CommandServers.program, userID: nil, action: status == .replayed ? "dead.replay" : "dead.discard",
            outcome: "done",
            detail: [
                "ids": .array(rows.map { .string(Plain.line($0.id, maximumBytes: 64)) }),
                "queue": .object(counted(rows.map(\.auditedQueue))),
                "reason": .object(counted(rows.map(\.auditedReason))), "selected_by": .string(selection.kind),
            ])
    }
}

private typealias JSONCounts = [String: Int]

extension [String: Int] {
    fileprivate init(_ words: [String]) { self = words.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
