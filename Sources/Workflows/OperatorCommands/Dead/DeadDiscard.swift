import ArgumentParser
import Bootstrap
import DeadLetters
import FoundationEssentials
import Privacy

struct DeadDiscardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Lays dead letters to rest that need no replay.",
        discussion: """
            They stay in the table with the status discarded and are audited; nothing is deleted, and nothing brings them back \
            to a queue. Reads DATABASE_URL.

              repazoo dead discard 3f2a9c1e --note "publisher corrected, request published again"
              repazoo dead discard --reason invalid_message --dry-run
            """)

    static let noteBytes = 256

    @OptionGroup var selectors: DeadSelectors
    @Option(help: "Why, for those who look later; no personal data (at most 256 bytes).") var note: String?
    @Flag(help: "Show which would be discarded; change nothing.") var dryRun = false
    @Flag(help: "Answer in JSON.") var json = false

    func validate() throws {
        guard (note ?? "").utf8.count <= Self.noteBytes else { throw ValidationError("--note has at most 256 bytes") }
    }

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            let note = note.map { Plain.line(Redactor.redact($0)) }
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                var (work, report) = try await DeadWork.prepare(
                    selectors, .discard, in: pool, isDryRun: dryRun, isJSON: json, output)
                if dryRun {
                    for try await row in pool.stream(DeadRow.statement(work.selection)) { report.did(try DeadRow(row)) }
                } else {
                    try await work.discard(note: note) { report.hear($0) }
                }
                report.finish()
                return report.done == report.total ? .done : .notSo
            }
        }
    }
}
