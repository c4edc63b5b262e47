import ArgumentParser
import AuditTrail
import Bootstrap
import Contracts
import Export
import FoundationEssentials
import Postgres

struct ExportsLink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Prints the signed link of an export that is ready, for who has lost it.",
        discussion: """
            Whoever has the link has the export: hand it to the person and to nobody else. It ends with the export. That it was given \
            out is in the audit trail. Reads DATABASE_URL, EXPORT_SIGNING_KEY and PUBLIC_URL.
            """)

    @Argument(help: "The export's id, as `repazoo exports list` shows it.") var id: String
    @Flag(help: "For scripts.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            var reader = SettingsReader()
            let servers = CommandServers.read([.postgres], &reader)
            let settings = ExportSettings.read(&reader)
            try reader.finish()
            guard let settings else { throw CommandFault("EXPORT_SIGNING_KEY is not set", .configuration) }
            guard let export = MessageID(id) else { throw CommandFault("an export's id is a UUID", .usage) }
            let expires = try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                try await Self.note(export, in: pool)
            }
            guard let expires else {
                output.tell(
                    "repazoo: there is no such export, or it is not ready, or its time is over: publish a new request")
                return .notSo
            }
            let link = settings.link(to: export, expires: expires)
            output.answer(
                json
                    ? (["link": .string(link), "expires_at": .string(RFC3339.text(expires))] as JSON).serialized()
                    : link)
            return .done
        }
    }

    /// Until when it can be had, once that is in the audit trail.
    private static func note(_ export: MessageID, in pool: PostgresPool) async throws -> Date? {
        let row = try await pool.query(
            "select user_id, expires_at from data_exports where id = \(export.rawValue) and status = 'ready' and expires_at > now()"
        ).first
        guard let row else { return nil }
        let entry = AuditEntry(
            actor: CommandServers.program, userID: UserID(try row.decode(String.self, "user_id")),
            action: "export.link",
            outcome: "done", detail: ["export_id": .string(export.rawValue)])
        try await pool.query(entry.statement)
        return try row.decode(Date.self, "expires_at")
    }
}
