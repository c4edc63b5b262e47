import ArgumentParser
import Bootstrap
import Contracts
import FoundationEssentials
import Postgres

struct ExportsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists requests for exports, the newest first, with their deadlines.",
        discussion: "Reads DATABASE_URL.")

    enum Status: String, ExpressibleByArgument, CaseIterable { case pending, ready, expired, failed }

    @Option(help: "Of one user.", transform: Self.user) var user: UserID?
    @Option(help: "pending, ready, expired or failed.") var status: Status?
    @Option(help: "At most so many.") var limit = 50
    @Flag(help: "For scripts.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            let rows = try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                try await pool.query(query).map { try ExportLine($0) }
            }
            if json {
                output.answer(JSON.array(rows.map(\.json)).serialized())
            } else if rows.isEmpty {
                output.answer("no exports")
            } else {
                var table = TextTable()
                table.add("id", "user", "status", "requested", "until or due", "downloads", "bytes")
                for row in rows { row.add(to: &table) }
                for line in table.lines { output.answer(line) }
            }
            return .done
        }
    }

    private var query: SQL {
        SQL(
            """
            select id, user_id, status, requested_at, completed_at, expires_at, bytes, sha256, downloads, attempt, resumed, failure,
                coalesce(extended_to, least(answer_due_at, ccpa_due_at)) as due_at
            from data_exports
            where (\(user?.rawValue)::text is null or user_id = \(user?.rawValue))
                and (\(status?.rawValue)::text is null or status = \(status?.rawValue))
            order by requested_at desc, id limit \(max(1, limit))
            """
        ).named("exports_list")
    }

    private static func user(_ text: String) throws -> UserID {
        guard let user = UserID(text) else { throw ValidationError("--user: 1 to 128 bytes without white space") }
        return user
    }
}

/// One row of the listing; users are masked.
struct ExportLine {
    let id: String
    let user: String
    let status: String
    let requested: Date
    let completed: Date?
    let expires: Date?
    let due: Date
    let bytes: Int?
    let sha256: String?
    let downloads: Int
    let attempt: Int
    let resumed: Int
    let failure: String?

    init(_ row: PostgresRow) throws {
        id = try row.decode(String.self, "id")
        user = UserID(try row.decode(String.self, "user_id"))?.masked ?? "***"
        status = try row.decode(String.self, "status")
        requested = try row.decode(Date.self, "requested_at")
        completed = try row.decode(Date?.self, "completed_at")
        expires = try row.decode(Date?.self, "expires_at")
        due = try row.decode(Date.self, "due_at")
        bytes = try row.decode(Int?.self, "bytes")
        sha256 = try row.decode(String?.self, "sha256")
        downloads = try row.decode(Int.self, "downloads")
        attempt = try row.decode(Int.self, "attempt")
        resumed = try row.decode(Int.self, "resumed")
        failure = try row.decode(String?.self, "failure")
    }

    var json: JSON {
        func time(_ date: Date?) -> JSON { date.map { .string(RFC3339.text($0)) } ?? .null }
        return [
            "id": .string(id), "user": .string(user), "status": .string(status), "requested_at": time(requested),
            "completed_at": time(completed), "expires_at": time(expires), "due_at": time(due),
            "bytes": bytes.map { JSON(count: $0) } ?? .null, "sha256": .outside(sha256),
            "downloads": JSON(count: downloads),
            "attempt": JSON(count: attempt), "resumed": JSON(count: resumed), "failure": .outside(failure),
        ]
    }

    func add(to table: inout TextTable) {
        let end = status == "ready" ? expires.map { "until " + Plain.moment($0) } : "due " + Plain.moment(due)
        table.add(
            id, user, status + (failure.map { " (\(Plain.line($0, maximumBytes: 40)))" } ?? ""),
            Plain.moment(requested),
            end ?? "", String(downloads), bytes.map(String.init) ?? "")
    }
}
