import AuditTrail
import Contracts
import ErasureLedger
import FoundationEssentials
import ObjectStore
import Postgres
import Redis

/// Everything held about one user goes, at once and everywhere.
///
/// 1. **Begun**, in one transaction that waits for whoever works for the user at this moment: the user is marked as erased, so
///    that no job commits for them any more and queued messages die on arrival; the ledger has them; what there is, is counted.
/// 2. **Objects** of exports, finished or not.
/// 3. **Tables**: every one that has rows of the user's.
/// 4. **Redis** keys that name the user.
/// 5. **Audit**: the content of the user's entries goes; the chain stays whole.
/// 6. **Ledger** copied to the object store, so that a restored backup is measured by it.
///
/// Each step may be done again: killed anywhere, the request is delivered again and begins at 1. A category under a legal hold is
/// marked as deleted where it can be, and kept; all else goes.
struct Erasure: Sendable {
    /// What a finished erasure can say of itself.
    struct Account: Equatable, Sendable {
        var requestedAt: Date
        var startedAt: Date
        var before: [String: Int]
        var after: [String: Int]
        var withheld: [HoldCategory]
        var redisKeys: Int
        /// The chain that was forgotten; nil when a hold kept it, or there was none.
        var trail: Trail?
    }

    /// A chain of the audit trail, and its last entry when its content went.
    struct Trail: Equatable, Sendable {
        var chain: Int
        var position: Int
        var hash: String
    }

    /// The numbered steps, as they are done with. For drills.
    enum Step: String, CaseIterable, Sendable { case begun, objects, tables, redis, audit, ledger }

    let postgres: PostgresPool
    /// Nil leaves Redis alone: it is not what a backup restores.
    let redis: RedisTraces?
    let ledger: ErasureLedger
    /// Deletes the objects of a user's exports, and their rows.
    let eraseExports: @Sendable (UserID) async throws -> Void
    let actor: String
    /// False when the user is in the copy of the ledger already, which this database is only brought up to.
    var entersLedger = true
    /// Hears of each step; what it throws ends the attempt there, as a death would.
    var reached: @Sendable (Step) throws -> Void = { _ in }

    /// Nil when there never was such a user.
    func run(_ user: UserID, message: MessageID, requestedAt: Date, at now: Date) async throws -> Account? {
        let tables = try await UserTables.read(postgres)
        guard let beginning = try await begin(user, tables, message, requestedAt, now) else { return nil }
        try reached(.begun)
        let held = try await heldCategories(user, at: now)
        // Objects before the rows that name them.
        if !held.contains(.exports) { try await eraseExports(user) }
        try reached(.objects)
        try await delete(user, tables.tables.filter { !held.contains($0.category) })
        try await keep(user, held, at: now)
        try reached(.tables)
        let keys = try await redis?.erase(user) ?? 0
        try reached(.redis)
        let trail = held.contains(.audit) ? nil : try await forget(user, message)
        try reached(.audit)
        if entersLedger { try await ledger.copy(at: now) }
        try reached(.ledger)
        let after = try await postgres.transaction(readOnly: true) {
            try await tables.counts(of: user, in: $0, refusalsUpTo: beginning.startedAt)
        }
        return Account(
            requestedAt: requestedAt, startedAt: beginning.startedAt, before: beginning.before, after: after,
            withheld: HoldCategory.allCases.filter { held.contains($0) && $0 != .all }, redisKeys: keys,
            trail: trail)
    }

    // MARK: 1. Begun

    private struct Beginning {
        let startedAt: Date
        let before: [String: Int]
    }

    private func begin(
        _ user: UserID, _ tables: UserTables, _ message: MessageID, _ requestedAt: Date, _ now: Date
    ) async throws -> Beginning? {
        try await postgres.transaction { transaction in
            // The lock that every job's commit takes: those that are under way come first, all others find the mark.
            let account = try await transaction.query(
                SQL("select id from users where id = \(user.rawValue) for no key update").named("erasure_lock"))
            guard !account.isEmpty else { return nil }
            if let known = try await Self.known(message, transaction) { return known }
            let before = try await tables.counts(of: user, in: transaction)
            let json = JSONText(rawValue: JSONValue.object(before.mapValues { .integer($0) }).text)
            let entry = AuditEntry(
                actor: actor, userID: user, action: "erasure", outcome: "begun",
                detail: ["message_id": .string(message.rawValue)])
            try await transaction.batch([
                SQL("update users set erased_at = coalesce(erased_at, \(now)) where id = \(user.rawValue)")
                    .named("erasure_mark"),
                SQL(
                    """
                    insert into erasures (message_id, user_id, requested_at, started_at, before)
                    values (\(message.rawValue), \(user.rawValue), \(requestedAt), \(now), \(json)::jsonb)
                    """
                ).named("erasure_begin"),
                entry.statement,
            ])
            if entersLedger { try await transaction.query(ErasureLedger.entry(of: user, at: now)) }
            return Beginning(startedAt: now, before: before)
        }
    }

    /// An earlier attempt has counted.
    private static func known(_ message: MessageID, _ transaction: PostgresTransaction) async throws -> Beginning? {
        let row = try await transaction.query(
            SQL("select started_at, before::text as before from erasures where message_id = \(message.rawValue)")
                .named("erasure_known")
        ).first
        guard let row else { return nil }
        var before: [String: Int] = [:]
        let members = try JSONValue.object(parsing: Array(try row.decode(String.self, "before").utf8))
        for (name, value) in members { if case .integer(let count) = value { before[name] = count } }
        return Beginning(startedAt: try row.decode(Date.self, "started_at"), before: before)
    }

    private func heldCategories(_ user: UserID, at now: Date) async throws -> Set<HoldCategory> {
        let rows = try await postgres.query(
            SQL(
                """
                select distinct category from legal_holds
                where user_id = \(user.rawValue) and released_at is null and expires_at > \(now)
                """
            ).named("erasure_holds"))
        let held = Set(try rows.compactMap { HoldCategory(rawValue: try $0.decode(String.self, "category")) })
        return held.contains(.all) ? Set(HoldCategory.allCases) : held
    }

    // MARK: 3. Tables

    /// A table that another still points to comes again after it.
    private func delete(_ user: UserID, _ tables: [UserTables.Table]) async throws {
        if tables.contains(where: { $0.category == .messages }) { try await deleteReceipts(user) }
        var rest = tables
        while !rest.isEmpty {
            var again: [UserTables.Table] = []
            var reason: (any Error)?
            for table in rest {
                do { try await delete(user, from: table) } catch let error as PostgresError
                    where error.sqlState == .foreignKeyViolation
                {
                    again.append(table)
                    reason = error
                }
            }
            if let reason, again.count == rest.count { throw reason }
            rest = again
        }
    }

    /// In one statement: the rows of one user are few, and the program need see nothing of them but whose they are.
    private func delete(_ user: UserID, from table: UserTables.Table) async throws {
        try await postgres.query(
            SQL("delete from \(identifier: table.name) where \(identifier: table.column) = \(user.rawValue)")
                .named("erasure_delete"))
    }

    /// An old receipt does not say whose it is; the audit trail tells which messages were the user's.
    private func deleteReceipts(_ user: UserID) async throws {
        try await postgres.query(
            SQL(
                """
                delete from receipts where message_id in (
                    select distinct detail->>'message_id' from audit_log
                    where user_id = \(user.rawValue) and action <> 'erasure')
                """
            ).named("erasure_receipts"))
    }

    /// What a hold keeps is out of use nevertheless; of the account only the id stays, unless it is held.
    private func keep(_ user: UserID, _ held: Set<HoldCategory>, at now: Date) async throws {
        var statements: [SQL] = []
        if held.contains(.tweets) {
            statements.append(
                "update twitter_data set deleted_at = \(now) where user_id = \(user.rawValue) and deleted_at is null")
        }
        if held.contains(.analyses) {
            statements.append(
                "update analyses set deleted_at = \(now) where user_id = \(user.rawValue) and deleted_at is null")
        }
        if !held.contains(.account) {
            statements.append(
                """
                update users set handle = null, display_name = null, email = null, last_active_at = null
                where id = \(user.rawValue)
                """)
        }
        try await postgres.atomically(statements)
    }

    // MARK: 5. Audit

    /// Noted with the erasure: another attempt would not find the chain again.
    private func forget(_ user: UserID, _ message: MessageID) async throws -> Trail? {
        let row = try await postgres.atomically([
            SQL(
                """
                update erasures set audit = to_jsonb(head) - 'user_id' from audit_heads head
                where message_id = \(message.rawValue) and head.user_id = \(user.rawValue) and audit = '{}'
                """
            ).named("erasure_trail"),
            SQL("select audit_forget(\(user.rawValue))").named("audit_forget"),
            SQL(
                """
                select (audit->>'chain')::bigint as chain, (audit->>'position')::bigint as position, audit->>'hash' as hash
                from erasures where message_id = \(message.rawValue)
                """
            ).named("erasure_trail_read"),
        ])[2][0]
        guard let chain = try row.decode(Int?.self, "chain") else { return nil }
        return Trail(
            chain: chain, position: try row.decode(Int.self, "position"), hash: try row.decode(String.self, "hash"))
    }
}
