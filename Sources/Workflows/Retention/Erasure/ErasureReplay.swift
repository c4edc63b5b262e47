import AuditTrail
import Contracts
import ErasureLedger
import Export
public import FoundationEssentials
public import ObjectStore
public import Postgres

/// Erases again, in a database restored from a backup, everybody who was erased since that backup: whoever the copy of the ledger
/// names and the database's own does not. Broken off anywhere, it is just run again: the database counts as brought up only once
/// all of it is done.
public struct ErasureReplay: Sendable {
    public struct Report: Equatable, Sendable {
        /// Entries of the copy that the database did not have.
        public var entries = 0
        /// Users that the backup had brought back, and who are erased again.
        public var users = 0
    }

    private let postgres: PostgresPool
    private let ledger: ErasureLedger
    private let erasure: Erasure
    private let tell: @Sendable (String) -> Void

    /// - Parameter actor: Whose name the audit trail has it under.
    public init(
        postgres: PostgresPool, store: any ObjectStore, actor: String, tell: @escaping @Sendable (String) -> Void
    ) {
        self.postgres = postgres
        ledger = ErasureLedger(postgres: postgres, store: store)
        erasure = Erasure(
            postgres: postgres, redis: nil, ledger: ledger,
            eraseExports: { try await ExportKeeper(postgres: postgres, store: store).eraseExports(of: $0) },
            actor: actor,
            entersLedger: false)
        self.tell = tell
    }

    public func run(at now: Date) async throws -> Report {
        var report = Report()
        while true {
            let entries = try await ledger.missing(limit: 500)
            if entries.isEmpty { return report }
            for (entry, user) in try await returned(entries) {
                guard let message = MessageID(entry.id) else { throw UnreadableLedger() }
                _ = try await erasure.run(user, message: message, requestedAt: entry.erasedAt, at: now)
                try await close(message, user, at: now)
                report.users += 1
            }
            try await ledger.adopt(entries, at: now)
            report.entries += entries.count
            tell("\(report.entries) entries of the ledger, \(report.users) users erased again")
        }
    }

    /// Those of the entries whose users are in the database.
    private func returned(_ entries: [ErasureLedger.Entry]) async throws -> [(ErasureLedger.Entry, UserID)] {
        let rows = try await postgres.query(
            SQL(
                """
                select id, subject from (select id, erasure_subject(id) as subject from users) as account
                where subject = any (\(entries.map(\.subject))::text[])
                """
            ).named("replay_users"))
        var users: [String: UserID] = [:]
        for row in rows { users[try row.decode(String.self, "subject")] = UserID(try row.decode(String.self, "id")) }
        return entries.compactMap { entry in users[entry.subject].map { (entry, $0) } }
    }

    private func close(_ message: MessageID, _ user: UserID, at now: Date) async throws {
        let entry = AuditEntry(
            actor: erasure.actor, userID: user, action: "erasure", outcome: "replayed",
            detail: ["message_id": .string(message.rawValue)])
        try await postgres.atomically([
            SQL("update erasures set completed_at = \(now) where message_id = \(message.rawValue)")
                .named("replay_complete"), entry.statement,
        ])
    }
}
