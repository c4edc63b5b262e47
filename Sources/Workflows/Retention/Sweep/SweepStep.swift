import Contracts
import FoundationEssentials

/// One thing that a tick does to one table, as of the tick's slot: which rows, in which order, and what becomes of them.
///
/// In all fragments `r` is the row.
struct SweepStep: Sendable {
    /// In what order the rows are taken.
    enum Order: Sendable {
        /// By a time of the row: an index finds what is due without looking at the rest.
        case byTime(column: Fragment)
        /// User by user: a query for the users (`user_id`) that may have rows, and what holds of such a row at least.
        case byUser(users: Fragment, rows: Fragment)
    }

    /// The rule's name, or `hard-delete`.
    let name: String
    let table: RetainedTable
    let action: RetentionRule.Action
    let order: Order
    /// All that must hold of a row.
    let due: Fragment
    /// What must still hold of it once it is locked.
    let stillDue: Fragment
    /// What a legal hold keeps back from this step; nil where holds mean nothing.
    let held: Fragment?
}

extension SweepStep {
    static let hardDelete = "hard-delete"

    /// What a tick does, in its order: first what was marked long enough ago is removed, then the rules.
    static func all(of policy: RetentionPolicy, at slot: Date) -> [SweepStep] {
        let tables: [RetainedTable] = [.analyses, .tweets]
        return tables.map { removal(from: $0, after: policy.hardDeleteAfter, at: slot) }
            + policy.rules.map { step(of: $0, at: slot) }
    }

    private static func removal(from table: RetainedTable, after grace: Duration, at slot: Date) -> SweepStep {
        let limit = slot - grace
        let held = isHeld(table.category, at: slot)
        return SweepStep(
            name: hardDelete, table: table, action: .delete, order: .byTime(column: "r.deleted_at"),
            due: "r.deleted_at <= \(limit) and not \(held)", stillDue: "r.deleted_at <= \(limit)",
            held: "r.deleted_at <= \(limit) and \(held)")
    }

    private static func step(of rule: RetentionRule, at slot: Date) -> SweepStep {
        let limit = slot - rule.age
        let untouched = rule.table.untouched
        let isHoldable = rule.action != .softDelete && rule.table != .receipts
        let held = isHoldable ? isHeld(rule.table.category, at: slot) : nil
        let isDue: Fragment
        let order: Order
        switch rule.condition {
        case .retainUntil: (isDue, order) = ("r.retain_until <= \(limit)", .byTime(column: "r.retain_until"))
        case .created: (isDue, order) = ("r.died_at <= \(limit)", .byTime(column: "r.died_at"))
        case .finished:
            let column: Fragment = rule.table == .receipts ? "r.completed_at" : "r.settled_at"
            (isDue, order) = ("\(column) <= \(limit)", .byTime(column: column))
        case .userInactive:
            isDue = "r.created_at <= \(limit) and \(UserCondition.inactive("r.user_id", since: limit))"
            order = .byUser(
                users: UserCondition.inactiveUsers(since: limit), rows: "\(untouched) and r.created_at <= \(limit)")
        case .consentRevoked:
            isDue = UserCondition.revoked("r.user_id", since: limit)
            order = .byUser(users: UserCondition.revokedUsers(since: limit), rows: untouched)
        case .subscriptionCancelled:
            isDue = UserCondition.cancelled("r.user_id", since: limit)
            order = .byUser(users: UserCondition.cancelledUsers(since: limit), rows: untouched)
        }
        let free: Fragment = held.map { "not \($0)" } ?? "true"
        return SweepStep(
            name: rule.name, table: rule.table, action: rule.action, order: order,
            due: "\(untouched) and \(isDue) and \(free)", stillDue: untouched,
            held: held.map { "\(untouched) and \(isDue) and \($0)" })
    }

    /// Holds are few: their users are looked up once for a statement.
    private static func isHeld(_ category: HoldCategory, at slot: Date) -> Fragment {
        """
        coalesce(r.user_id = any (array(
            select user_id from legal_holds
            where category in ('all', \(category.rawValue)) and released_at is null and expires_at > \(slot))), false)
        """
    }
}

extension RetainedTable {
    /// Its name, for statements; a constant of ours.
    var sql: Fragment { Fragment(stringLiteral: rawValue) }

    /// Of rows that no rule has had yet.
    var untouched: Fragment {
        switch self {
        case .tweets, .analyses: "r.deleted_at is null"
        case .tokens: "(r.scrubbed_at is null or r.scrubbed_at < r.revoked_at)"
        case .parts, .receipts, .deadLetters: "true"
        }
    }

    /// Whose chain of the audit trail tells of the row; '' is nobody's.
    var chain: Fragment {
        switch self {
        case .tweets, .analyses, .parts, .tokens: "r.user_id"
        case .deadLetters: "coalesce(r.user_id, '')"
        case .receipts: "''::text"
        }
    }

    /// What finds a row again within a statement: where it lies, which is fastest; of tokens the id, as whoever may read the place
    /// of a row may read all of it.
    var place: Fragment { hasPlaces ? "r.ctid" : "r.id" }
    var hasPlaces: Bool { self != .tokens }

    var key: Fragment { self == .receipts ? "r.message_id" : "r.id" }
}

private func - (date: Date, age: Duration) -> Date {
    date.addingTimeInterval(-(age / .seconds(1)))
}
