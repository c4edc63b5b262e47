import AuditTrail
import Contracts
import Isolation
import Postgres

/// The statements of many jobs as one transaction: the same as theirs one after the other, but what all of them do alike is done
/// by one statement for all.
///
/// Each job's own order is kept, and so is the order of locks: the jobs come in the order of their keys, and of each user the row
/// is locked before the head of the audit chain. A job's effects see and write the rows of its own user only (`UserRows`); the
/// statements for all are functions that row-level security does not bind.
struct JobGroup {
    private(set) var all: [SQL] = []
    /// For each statement the job that it belongs to; nil for those of all.
    private var owners: [Int?] = []

    init(_ records: [JobRecord]) {
        if let beginning = Self.beginning(of: records) { append(beginning, of: nil) }
        var scope: UserID??
        for (index, record) in records.enumerated() where !record.effects.isEmpty {
            if scope != .some(record.user) { append(UserRows.scope(of: record.user), of: index) }
            scope = .some(record.user)
            for effect in record.effects { append(effect, of: index) }
        }
        append(Receipt.statement(for: records.map(\.receipt)), of: nil)
        let entries = records.flatMap(\.audit)
        if !entries.isEmpty { append(AuditEntry.statement(for: entries), of: nil) }
    }

    /// The job whose own statement it is; nil if the statement is everybody's.
    func owner(ofStatement index: Int) -> Int? { owners.indices.contains(index) ? owners[index] : nil }

    private mutating func append(_ statement: SQL, of owner: Int?) {
        all.append(statement)
        owners.append(owner)
    }

    private struct Locks {
        var consent = false
        var audit = false
    }

    private static func beginning(of records: [JobRecord]) -> SQL? {
        var locks: [String: Locks] = [:]
        for record in records {
            if let user = record.consenting { locks[user.rawValue, default: Locks()].consent = true }
            for entry in record.audit { locks[entry.userID?.rawValue ?? "", default: Locks()].audit = true }
        }
        if locks.isEmpty { return nil }
        let sorted = locks.sorted { $0.key < $1.key }
        return SQL(
            """
            select begin_jobs(
                \(sorted.map(\.key))::text[], \(sorted.map(\.value.consent))::boolean[],
                \(sorted.map(\.value.audit))::boolean[])
            """
        ).named("begin_jobs")
    }
}
