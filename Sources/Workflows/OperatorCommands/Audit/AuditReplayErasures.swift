import ArgumentParser
import Bootstrap
import FoundationEssentials
import HTTPTransport
import Postgres
import Retention

struct AuditReplayErasures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay-erasures",
        abstract: "Erases again, in a restored database, whoever was erased since the backup.",
        discussion: """
            A database restored from a backup holds users who were erased after it was made. Their ledger, by hash, has a copy \
            in the object store; until this command has brought the database up to it, consumers refuse to start. Reads \
            DATABASE_URL (the login that migrates: the operator's own may delete nothing) and EXPORT_STORE.
            """)

    func run() async throws {
        try await CommandRun.carryOut { output in
            var reader = SettingsReader(environment: ProcessInfo.processInfo.environment)
            let servers = CommandServers.read([.postgres], &reader)
            let store = reader.objectStore()
            try reader.finish()
            guard let store else { throw CommandFault("EXPORT_STORE is not set", .configuration) }
            let http = HTTPClient()
            let code = try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                let replay = ErasureReplay(
                    postgres: pool, store: store.store(http: http), actor: CommandServers.program, tell: output.tell)
                let report = try await replay.run(at: Date())
                output.answer(
                    report.entries == 0
                        ? "the ledger is up to date"
                        : "\(Plain.count(report.entries, "entry", "entries")) adopted, "
                            + "\(Plain.count(report.users, "user")) erased again")
                return Bootstrap.ExitCode.done
            }
            await http.shutdown()
            return code
        }
    }
}
