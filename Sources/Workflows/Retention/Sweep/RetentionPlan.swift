import Export
public import FoundationEssentials
public import Postgres

/// What a tick at a time would do, asked with the very conditions by which it would do it, and changing nothing.
public struct RetentionPlan: Equatable, Sendable {
    public struct Line: Equatable, Sendable {
        /// The rule's name, or `hard-delete`.
        public let rule: String
        public let table: String
        public let action: String
        public let lawfulBasis: String?
        public var rows: Int
        /// Rows that a legal hold keeps; of exports that expire those whose objects it keeps.
        public var held: Int
    }

    public let slot: Date
    public var lines: [Line]

    public static func make(
        of policy: RetentionPolicy, at slot: Date, in postgres: PostgresPool
    ) async throws -> RetentionPlan {
        let steps = SweepStep.all(of: policy, at: slot)
        var lines: [Line] = []
        for (index, step) in steps.enumerated() {
            // What an earlier step has taken is not there any more when its turn comes.
            let earlier = steps[..<index].filter { $0.table == step.table }
            lines.append(
                Line(
                    rule: step.name, table: step.table.rawValue, action: step.action.rawValue,
                    lawfulBasis: policy.rules.first { $0.name == step.name }?.lawfulBasis,
                    rows: try await count(step.due, without: earlier, step.table, postgres),
                    held: try await step.held.asyncCount(step.table, postgres)))
        }
        return RetentionPlan(slot: slot, lines: lines + (try await others(at: slot, in: postgres)))
    }

    /// What a tick does beside the policy's steps: exports whose time is over or that nobody works on, erasures that no hold keeps back
    /// any more.
    private static func others(at slot: Date, in postgres: PostgresPool) async throws -> [Line] {
        let row = try await postgres.query(
            SQL(
                """
                select (select count(*) from data_exports where status = 'ready' and expires_at <= \(slot)) as exports,
                       (select count(*) from data_exports where status = 'ready' and expires_at <= \(slot)
                            and user_id in (\(usersWithHeldExportsAt: slot))) as held,
                       (select count(*) from data_exports where status = 'pending'
                            and coalesce(claimed_until, requested_at) < \(slot - ExportKeeper.stallGrace)) as stalled,
                       (select count(*) from erasures e where \(TickWork.freed(at: slot))) as erasures
                """
            ).named("retention_plan_others"))[0]
        let line = { (rule: String, table: String, action: String, rows: Int, held: Int) in
            Line(rule: rule, table: table, action: action, lawfulBasis: nil, rows: rows, held: held)
        }
        return [
            line(
                "expired-exports", "data_exports", "expire", try row.decode(Int.self, "exports"),
                try row.decode(Int.self, "held")),
            line("stalled-exports", "data_exports", "settle", try row.decode(Int.self, "stalled"), 0),
            line("holds-that-ended", "erasures", "erase_rest", try row.decode(Int.self, "erasures"), 0),
        ]
    }

    /// At most `limit` of all rows that are due, for deciding whether the work is worth sharing.
    static func size(
        of policy: RetentionPolicy, at slot: Date, upTo limit: Int, in postgres: PostgresPool
    ) async throws -> Int {
        var total = 0
        for step in SweepStep.all(of: policy, at: slot) where total < limit {
            total += try await size(of: step, upTo: limit, in: postgres)
        }
        return total
    }

    /// At most `limit` of the rows of one step.
    static func size(of step: SweepStep, upTo limit: Int, in postgres: PostgresPool) async throws -> Int {
        // Of a step that goes by users, theirs alone are looked at.
        let source: Fragment =
            if case .byUser(let users, _) = step.order {
                "(\(users)) u join \(step.table.sql) r on r.user_id = u.user_id"
            } else {
                "\(step.table.sql) r"
            }
        return try await patiently(
            SQL("select count(*) as n from (select from \(source) where \(step.due) limit \(limit)) as due")
                .named("retention_size"), postgres)
    }

    fileprivate static func count(
        _ condition: Fragment, without earlier: [SweepStep], _ table: RetainedTable, _ postgres: PostgresPool
    ) async throws -> Int {
        let others = earlier.map { step -> Fragment in "(\(step.due)) is not true" }
        let all = Fragment.joined([condition] + others, by: "and")
        return try await patiently(
            SQL("select count(*) as n from \(table.sql) r where \(all)").named("retention_plan"), postgres)
    }

    /// A count may take longer than a job's statement: a connection of its own, and time.
    private static func patiently(_ count: SQL, _ postgres: PostgresPool) async throws -> Int {
        try await postgres.transaction(readOnly: true) { transaction in
            try await transaction.query("set local statement_timeout = '15min'")
            return try await transaction.query(count)[0].decode(Int.self, "n")
        }
    }
}

extension Fragment? {
    fileprivate func asyncCount(_ table: RetainedTable, _ postgres: PostgresPool) async throws -> Int {
        guard let self else { return 0 }
        return try await RetentionPlan.count(self, without: [], table, postgres)
    }
}
