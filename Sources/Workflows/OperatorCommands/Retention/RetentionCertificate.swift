import ArgumentParser
import Bootstrap
import Contracts
import FoundationEssentials
import Postgres

struct RetentionCertificate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Prints the certificates of erasures, or one of them.",
        discussion: """
            A certificate names its user by a salted hash only. `repazoo audit verify --certificate FILE` checks one, offline. \
            Reads DATABASE_URL.

              repazoo retention certificate --user user-123456
              repazoo retention certificate 3f2a9c1e-… > certificate.json
            """)

    @Argument(help: "The id of the erase request; without it, all are listed.") var message: String?
    @Option(help: "Only those of this user.") var user: String?
    @Flag(help: "List in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                if let message { return try await print(message, pool, output) }
                return try await list(pool, output)
            }
        }
    }

    private func print(
        _ message: String, _ pool: PostgresPool, _ output: CommandOutput
    ) async throws -> Bootstrap.ExitCode {
        let row = try await pool.query("select certificate from erasures where message_id = \(message)").first
        guard let text = try row?.decode(String?.self, "certificate") else {
            throw CommandFault("no erasure of this id has been completed")
        }
        output.answer(text)
        return .done
    }

    private func list(_ pool: PostgresPool, _ output: CommandOutput) async throws -> Bootstrap.ExitCode {
        let rows = try await pool.query(
            SQL(
                """
                select message_id, user_id, requested_at, completed_at, array_to_string(withheld, ', ') as withheld
                from erasures where \(user)::text is null or user_id = \(user) order by requested_at, message_id
                """))
        var table = TextTable()
        var list: [JSON] = []
        for row in rows {
            let message = Plain.line(try row.decode(String.self, "message_id"))
            let masked = UserID(try row.decode(String.self, "user_id"))?.masked ?? "***"
            let completedAt = try row.decode(Date?.self, "completed_at")
            let withheld = try row.decode(String.self, "withheld")
            table.add(
                message, masked, completedAt.map { "erased \(Plain.moment($0))" } ?? "under way",
                withheld.isEmpty ? "" : "withheld: \(withheld)")
            list.append(
                .object([
                    .init("message_id", .string(message)), .init("user", .string(masked)),
                    .init("completed_at", completedAt.map { .string(RFC3339.text($0)) } ?? .null),
                    .init("withheld", .string(withheld)),
                ]))
        }
        if json { output.answer(JSON.array(list).serialized()) } else { table.lines.forEach(output.answer) }
        if rows.isEmpty { output.tell("nobody was erased") }
        return .done
    }
}
