import AuditTrail
import Contracts
import Postgres
import TokenVault

/// Puts every stored token under the first key, a batch at a time, while consumers go on working. Broken off anywhere, it is
/// just run again: what is under the first key already is left as it is.
///
/// A row whose refresh is under way at this moment is left for a later pass: the process that refreshes it finds its row by
/// the very text that it read.
struct KeyRotation {
    struct Report: Equatable {
        var rows = 0
        /// Put under the first key, or, on a dry run, to be put.
        var rotated = 0
        /// Changed by somebody else meanwhile, or being refreshed: another run takes them.
        var left = 0
        /// Under no key of the list, or no Fernet text.
        var unreadable: [String] = []
    }

    static let batchSize = 200

    let postgres: PostgresPool
    let vault: TokenVault
    let isDryRun: Bool
    let tell: (String) -> Void

    func run() async throws -> Report {
        var report = Report()
        var last = ""
        while true {
            let rows = try await postgres.query(
                """
                select id, user_id, access_token, refresh_token from oauth_tokens
                where id > \(last) order by id limit \(Self.batchSize)
                """)
            guard let end = try rows.last?.decode(String.self, "id") else { break }
            last = end
            try await rotate(rows.map { try Row($0) }, &report)
            tell("\(report.rows) looked at, \(report.rotated) \(isDryRun ? "to be " : "")put under the first key")
        }
        if !isDryRun, report.rotated > 0 {
            let entry = AuditEntry(
                actor: CommandServers.program, userID: nil, action: "keys.rotate", outcome: "done",
                detail: ["rows": .integer(report.rotated), "left": .integer(report.left)])
            try await postgres.query(entry.statement)
        }
        return report
    }

    private func rotate(_ rows: [Row], _ report: inout Report) async throws {
        var statements: [SQL] = []
        for row in rows {
            report.rows += 1
            do throws(VaultError) {
                if try row.isCurrent(vault) { continue }
                statements.append(try row.statement(vault))
            } catch { report.unreadable.append(row.id) }
        }
        guard !statements.isEmpty else { return }
        if isDryRun {
            report.rotated += statements.count
            return
        }
        for result in try await postgres.atomically(statements) {
            if result.first == nil { report.left += 1 } else { report.rotated += 1 }
        }
    }

    private struct Row {
        let id: String
        let access: String
        let refresh: String?

        init(_ row: PostgresRow) throws {
            id = try row.decode(String.self, "id")
            access = try row.decode(String.self, "access_token")
            refresh = try row.decode(String?.self, "refresh_token")
        }

        func isCurrent(_ vault: TokenVault) throws(VaultError) -> Bool {
            guard try vault.isCurrent(access) else { return false }
            guard let refresh else { return true }
            return try vault.isCurrent(refresh)
        }

        /// The note that a refresh token was sent goes over to its new text: it is spent all the same.
        func statement(_ vault: TokenVault) throws(VaultError) -> SQL {
            let newAccess = try vault.rotate(access)
            var newRefresh: String?
            if let refresh { newRefresh = try vault.rotate(refresh) }
            return SQL(
                """
                update oauth_tokens set access_token = \(newAccess), refresh_token = \(newRefresh), refresh_sent_for =
                    case when refresh_sent_for = token_mark(refresh_token) then token_mark(\(newRefresh)) end
                where id = \(id) and access_token = \(access) and refresh_token is not distinct from \(refresh)
                  and (refresh_sent_for is distinct from token_mark(refresh_token)
                       or refresh_sent_at < now() - interval '2 minutes')
                returning id
                """
            ).named("token_rotate")
        }
    }
}
