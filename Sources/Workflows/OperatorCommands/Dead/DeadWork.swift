import Bootstrap
import DeadLetters
import Postgres

/// What `replay` and `discard` begin with: the letters that they are told to take, and a report over them.
enum DeadWork {
    /// Ids that are settled already are told and left.
    static func prepare(
        _ selectors: DeadSelectors, _ work: DeadWorkReport.Work, in postgres: PostgresPool, isDryRun: Bool,
        isJSON: Bool,
        _ output: CommandOutput
    ) async throws -> (DeadLetterWork, DeadWorkReport) {
        var selection = DeadSelection(queue: selectors.filters.queue, reason: selectors.filters.reason)
        var settled: [DeadRow] = []
        if !selectors.ids.isEmpty {
            let ids = try await DeadLookup.ids(selectors.ids, in: postgres)
            let rows = try await postgres.query(DeadRow.statement(DeadSelection(ids: ids, status: .all)))
            settled = try rows.map { try DeadRow($0) }.filter { $0.status != DeadSelection.Status.new.rawValue }
            let done = Set(settled.map(\.id))
            selection.ids = ids.filter { !done.contains($0) }
        }
        let letters = DeadLetterWork(postgres: postgres, selection: selection, actor: CommandServers.program)
        let total = try await letters.count() + settled.count
        var report = DeadWorkReport(work, total: total, isDryRun: isDryRun, isJSON: isJSON, output: output)
        for row in settled { report.skipped(row, because: "it was \(row.status) before") }
        return (letters, report)
    }
}

extension DeadWorkReport {
    /// Only after the commit.
    mutating func hear(_ batch: DeadLetterWork.Batch) {
        for row in batch.settled { did(row) }
        for letter in batch.skipped { skipped(letter.row, because: letter.why) }
        progress()
    }
}
