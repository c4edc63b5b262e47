import AuditTrail
import Contracts
import DownloadLinks
import FoundationEssentials
import ObjectStore
import Postgres
import Privacy
import TokenVault

/// Finds what a link opens, and notes that it was opened, before the first byte goes out: nothing is handed over that the audit
/// trail does not know of.
struct DownloadDesk: Sendable {
    struct Package: Sendable {
        let key: ObjectKey
        let seal: ObjectSeal
        let bytes: Int
        let sha256: String
        let completedAt: Date
    }

    let postgres: PostgresPool
    let vault: TokenVault

    /// Nil when there is nothing to open any more: expired, deleted, its person erased, or never there.
    func find(_ link: SignedLink, at now: Date) async throws -> Package? {
        let row = try await postgres.query(
            SQL(
                """
                select object_key, object_secret, bytes, sha256, completed_at from data_exports
                where id = \(link.id.rawValue) and status = 'ready' and expires_at > \(now)
                    and exists (select from users where users.id = data_exports.user_id and erased_at is null)
                """
            ).named("download_find")
        ).first
        guard let row, let key = ObjectKey(try row.decode(String.self, "object_key")),
            let seal = ObjectSeal(text: try vault.decrypt(try row.decode(String.self, "object_secret")).reveal())
        else { return nil }
        return Package(
            key: key, seal: seal, bytes: try row.decode(Int.self, "bytes"),
            sha256: try row.decode(String.self, "sha256"),
            completedAt: try row.decode(Date.self, "completed_at"))
    }

    /// Counts a download when it begins at the beginning: whoever goes on with a broken one does not download twice.
    ///
    /// - Returns: False when the export ended in this moment.
    func note(_ link: SignedLink, _ range: Range<Int>, of package: Package, redirected: Bool, at now: Date) async throws
        -> Bool
    {
        try await postgres.transaction { transaction in
            let row = try await transaction.query(
                SQL(
                    """
                    update data_exports set downloads = downloads + \(range.lowerBound == 0 ? 1 : 0)
                    where id = \(link.id.rawValue) and status = 'ready' and expires_at > \(now)
                    returning user_id
                    """
                ).named("download_note")
            ).first
            guard let row else { return false }
            try await transaction.query(
                entry(
                    UserID(try row.decode(String.self, "user_id")), link, outcome: "done",
                    [
                        "first": .integer(range.lowerBound), "bytes": .integer(range.count),
                        "whole": .boolean(range.count == package.bytes), "redirected": .boolean(redirected),
                    ]
                ).statement)
            return true
        }
    }

    /// A true link that opens nothing any more. Noted where its export is still known.
    func noteRefusal(_ link: SignedLink, reason: String) async throws {
        let row = try await postgres.query("select user_id from data_exports where id = \(link.id.rawValue)").first
        guard let row, let user = UserID(try row.decode(String.self, "user_id")) else { return }
        try await postgres.query(entry(user, link, outcome: "refused", ["reason": .string(reason)]).statement)
    }

    /// Our fault: what a link should have opened could not be read.
    func noteFailure(_ link: SignedLink, reason: String) async throws {
        let row = try await postgres.query("select user_id from data_exports where id = \(link.id.rawValue)").first
        guard let row, let user = UserID(try row.decode(String.self, "user_id")) else { return }
        try await postgres.query(entry(user, link, outcome: "failed", ["reason": .string(reason)]).statement)
    }

    private func entry(
        _ user: UserID?, _ link: SignedLink, outcome: String, _ detail: [String: Contracts.JSONValue]
    ) -> AuditEntry {
        AuditEntry(
            actor: "repazoo-console", userID: user, action: "export.download", outcome: outcome,
            detail: detail.merging(["export_id": .string(link.id.rawValue)]) { $1 })
    }
}
