import AuditTrail
public import Contracts
public import FoundationEssentials
public import ObjectStore
public import Postgres

/// Sees to it that exports end: what has expired is deleted, what nobody works on any more is sent on its way again or given up,
/// and what nobody's row speaks of is swept out of the store. Safe to run from several processes at once.
public struct ExportKeeper: Sendable {
    /// How long a claim may have been over before the request counts as stalled: its message may only be waiting for the next attempt.
    package static let stallGrace: TimeInterval = 15 * 60
    /// How often a stalled request is sent on its way again before it is given up.
    static let resumptions = 3
    /// How old an object must be before it can be an orphan: it is finished a moment before its row says so.
    static let orphanAge: TimeInterval = 15 * 60
    static let batch = 200

    public struct Report: Sendable, Equatable {
        /// Exports whose time was over.
        public internal(set) var expired = 0
        /// Objects deleted, those of expired exports and orphans.
        public internal(set) var objects = 0
        public internal(set) var orphans = 0
        public internal(set) var resumed = 0
        public internal(set) var failed = 0
        /// To be published: requests that go on, and alerts.
        public internal(set) var followUps: [FollowUp] = []
    }

    let postgres: PostgresPool
    let store: any ObjectStore

    public init(postgres: PostgresPool, store: any ObjectStore) {
        self.postgres = postgres
        self.store = store
    }

    /// One round. Every change is committed with its audit entry as it is made; a round that broke off is made up for by the next.
    ///
    /// - Parameters:
    ///   - cause: The tick's message, which alerts name as their cause.
    ///   - dryRun: Only counts what there would be to do.
    public func tend(at now: Date, cause: MessageID, dryRun: Bool = false) async throws -> Report {
        var report = Report()
        try await expire(at: now, dryRun, &report)
        try await deleteExpired(at: now, dryRun, &report)
        try await settleStalled(at: now, cause, dryRun, &report)
        try await sweep(at: now, dryRun, &report)
        return report
    }

    /// Deletes every object of a user's exports, unfinished ones too, and their rows. To be called when the user counts as erased
    /// already, so that nothing new can begin. Returns the number of objects.
    @discardableResult
    public func eraseExports(of user: UserID) async throws -> Int {
        let ids = try await postgres.query("select id from data_exports where user_id = \(user.rawValue)").compactMap {
            MessageID(try $0.decode(String.self, "id"))
        }
        var objects = 0
        // Twice: what was begun before the rows were gone may have been finished after the first time. After them nothing can be.
        for id in ids { objects += try await store.deleteAll(under: ExportFolder.prefix(id)) }
        try await postgres.query("delete from data_exports where user_id = \(user.rawValue)")
        for id in ids { objects += try await store.deleteAll(under: ExportFolder.prefix(id)) }
        return objects
    }

    // MARK: Expiry

    /// First the key: from then on the objects are noise, whatever becomes of them. Under a legal hold it stays with them.
    private func expire(at now: Date, _ dryRun: Bool, _ report: inout Report) async throws {
        if dryRun {
            report.expired = try await postgres.query(
                "select count(*) as n from data_exports where status = 'ready' and expires_at <= \(now)"
            )[0].decode(Int.self, "n")
            return
        }
        while true {
            let expired = try await postgres.transaction { transaction in
                let rows = try await transaction.query(
                    SQL(
                        """
                        update data_exports
                        set status = 'expired', object_secret = case
                            when user_id in (\(usersWithHeldExportsAt: now)) then object_secret end
                        where id in (
                            select id from data_exports where status = 'ready' and expires_at <= \(now)
                            order by user_id, id limit \(Self.batch) for update skip locked)
                        returning id, user_id
                        """
                    ).named("export_expire"))
                try await audit(rows, "expire", outcome: "done", [:], transaction)
                return rows.count
            }
            report.expired += expired
            if expired < Self.batch { return }
        }
    }

    /// Also those whose deletion failed the last time, and those whose hold has ended.
    private func deleteExpired(at now: Date, _ dryRun: Bool, _ report: inout Report) async throws {
        if dryRun { return }
        let rows = try await postgres.query(
            """
            select id, user_id from data_exports
            where status in ('expired', 'failed') and object_key is not null and objects_deleted_at is null
                and user_id not in (\(usersWithHeldExportsAt: now))
            order by user_id, id
            """)
        for row in rows {
            guard let id = MessageID(try row.decode(String.self, "id")) else { continue }
            let objects = try await store.deleteAll(under: ExportFolder.prefix(id))
            report.objects += objects
            try await postgres.transaction { transaction in
                let done = try await transaction.query(
                    """
                    update data_exports set object_key = null, object_secret = null, objects_deleted_at = \(now)
                    where id = \(id.rawValue) and status in ('expired', 'failed') returning id, user_id
                    """)
                try await audit(done, "delete", outcome: "done", ["objects": .integer(objects)], transaction)
            }
        }
    }

    // MARK: Stalled requests

    private func settleStalled(
        at now: Date, _ cause: MessageID, _ dryRun: Bool, _ report: inout Report
    ) async throws {
        let limit = now.addingTimeInterval(-Self.stallGrace)
        let rows = try await postgres.query(
            SQL(
                """
                select id, user_id, requested_by, resumed from data_exports
                where status = 'pending' and coalesce(claimed_until, requested_at) < \(limit) order by user_id, id
                """
            ).named("export_stalled"))
        for row in rows {
            let stalled = try StalledExport(row)
            let isGivenUp = stalled.resumed >= Self.resumptions
            if !dryRun {
                guard try await settle(stalled, isGivenUp: isGivenUp, at: now, before: limit) else { continue }
                report.followUps += stalled.followUps(isGivenUp: isGivenUp, cause: cause, at: now)
            }
            if isGivenUp { report.failed += 1 } else { report.resumed += 1 }
        }
    }

    /// False when somebody was quicker.
    private func settle(
        _ stalled: StalledExport, isGivenUp: Bool, at now: Date, before limit: Date
    ) async throws -> Bool {
        let completed = isGivenUp ? now : nil as Date?
        return try await postgres.transaction { transaction in
            let done = try await transaction.query(
                SQL(
                    """
                    update data_exports set claimed_until = \(now), resumed = resumed + \(isGivenUp ? 0 : 1),
                        status = \(isGivenUp ? "failed" : "pending"), failure = coalesce(failure, 'stalled'),
                        completed_at = \(completed)
                    where id = \(stalled.id) and status = 'pending' and coalesce(claimed_until, requested_at) < \(limit)
                    returning id, user_id
                    """
                ).named("export_settle"))
            try await audit(done, "run", outcome: isGivenUp ? "failed" : "resumed", ["reason": "stalled"], transaction)
            return done.count == 1
        }
    }

    func audit(
        _ rows: PostgresResult, _ what: String, outcome: String, _ detail: [String: JSONValue],
        _ transaction: PostgresTransaction
    ) async throws {
        let entries = try rows.map { row in
            AuditEntry(
                actor: ConsumerName.retention.program, userID: UserID(try row.decode(String.self, "user_id")),
                action: "export.\(what)", outcome: outcome,
                detail: detail.merging(["export_id": .string(try row.decode(String.self, "id"))]) { $1 })
        }.sorted { ($0.userID?.rawValue ?? "") < ($1.userID?.rawValue ?? "") }
        for entry in entries { try await transaction.query(entry.statement) }
    }
}
