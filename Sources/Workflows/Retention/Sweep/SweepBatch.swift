import Contracts
import FoundationEssentials
import Postgres

/// One batch of a step as one statement: find → lock the audit chains of its users → do it → one audit entry per user. All of
/// it, or none.
///
/// The order of the locks is what keeps it out of everybody's way. Chains come first and in their order, as the committing
/// transactions of jobs take them; who has a user's chain is alone with the user's rows, so that rows are free as a rule. Where
/// one is held nevertheless, the statement fails after a moment (`lock_timeout`), and its other form takes the rows that nobody
/// holds: to lock each row before its removal costs half as much again as the removal.
struct SweepBatch: Sendable {
    /// Where the batch before ended.
    struct Place: Equatable, Sendable {
        var time: String
        var chain: String
        var key: String
    }

    struct Outcome: Equatable, Sendable {
        /// Rows that were due.
        var found = 0
        /// Rows that it was done to: fewer where others hold some.
        var done = 0
        var last: Place?
    }

    /// A part of all rows, for consumers that share a step: `number` of `count`, from 0.
    struct Share: Equatable, Sendable {
        var number: Int
        var count: Int
    }

    let step: SweepStep
    let slot: Date
    let actor: String

    func byTime(after place: Place?, share: Share?, limit: Int, skipsHeld: Bool) -> SQL {
        guard case .byTime(let column) = step.order else { return "select" }
        let table = step.table
        var conditions = [step.due]
        if let place {
            conditions.append(
                """
                (\(column), \(table.chain), \(table.key)) > (\(place.time)::timestamptz, \(place.chain), \(place.key))
                """)
        }
        if let share { conditions.append(Self.isIn(share, table)) }
        return statement(
            Fragment.joined(conditions, by: "and"), time: column,
            order: "\(column), \(table.chain), \(table.key)", limit: limit, skipsHeld)
    }

    func of(users: [String], limit: Int, skipsHeld: Bool) -> SQL {
        statement(
            Fragment.joined(["r.user_id = any (\(users)::text[])", step.due], by: "and"), time: "null::timestamptz",
            order: "r.user_id, \(step.table.key)", limit: limit, skipsHeld)
    }

    /// All that is due in some blocks of the table's file, in the order in which it lies there.
    func inBlocks(_ blocks: Range<Int>, skipsHeld: Bool) -> SQL {
        let table = step.table
        let rows: Fragment = """
            r.ctid >= \("(\(blocks.lowerBound),0)")::tid and r.ctid < \("(\(blocks.upperBound),0)")::tid and \(step.due)
            """
        return statement(
            due: "select \(table.chain) as chain, count(*) as n from \(table.sql) r where \(rows) group by 1",
            rows: "(select number from chains) is not null and \(rows)", found: "select sum(n) from due",
            last: "null::text[]", skipsHeld)
    }

    /// The next users of a step that goes user by user.
    func users(after user: String, share: Share?, limit: Int) -> SQL? {
        guard case .byUser(let users, let rows) = step.order else { return nil }
        let isMine: Fragment = share.map { Self.isIn($0, of: "u.user_id") } ?? "true"
        return SQL(
            """
            select u.user_id from (\(users)) u
            where u.user_id > \(user) and \(isMine)
                and exists (select from \(step.table.sql) r where r.user_id = u.user_id and \(rows))
            order by u.user_id limit \(limit)
            """
        ).named("retention_users")
    }

    static func isIn(_ share: Share, _ table: RetainedTable) -> Fragment {
        isIn(share, of: table == .receipts ? table.key : table.chain)
    }

    private static func isIn(_ share: Share, of text: Fragment) -> Fragment {
        "abs(hashtext(\(text))::bigint) % \(share.count) = \(share.number)"
    }

    private func statement(
        _ condition: Fragment, time: Fragment, order: Fragment, limit: Int, _ skipsHeld: Bool
    ) -> SQL {
        let table = step.table
        return statement(
            due: """
                select \(table.place) as place, \(time) as time, \(table.chain) as chain, \(table.key) as key
                from \(table.sql) r where \(condition) order by \(order) limit \(limit)
                """,
            rows: "\(table.place) = any (array(select place from due, chains)) and \(step.stillDue)",
            found: "select count(*) from due",
            last: "select array[time::text, chain, key] from due order by time desc, chain desc, key desc limit 1",
            skipsHeld)
    }

    /// - Parameters:
    ///   - due: A query with a column `chain`.
    ///   - rows: Which rows `r` it is done to, once `chains` has locked.
    private func statement(due: Fragment, rows: Fragment, found: Fragment, last: Fragment, _ skipsHeld: Bool) -> SQL {
        let table = step.table
        let detail: Fragment = """
            jsonb_build_object('rule', \(step.name)::text, 'table', \(table.rawValue)::text, 'rows', n,
                               'slot', \(RFC3339.text(slot))::text)
            """
        let free: Fragment = """
            locked as materialized (
                select \(table.place) as place from \(table.sql) r where \(rows) for update of r skip locked
            ),
            """
        return SQL(
            """
            with due as materialized (
                \(due)
            ), chains as materialized (
                select lock_chains(array(select distinct chain from due)) as number
            ), \(skipsHeld ? free : "") done as (
                \(change) where \(skipsHeld ? "\(table.place) = any (array(select place from locked))" : rows)
                returning \(table.chain) as chain
            ), counted as (
                select chain, count(*) as n from done group by chain order by chain
            )
            select coalesce((\(found)), 0)::bigint as found, coalesce(sum(n), 0)::bigint as done,
                   audit_append_many(
                       coalesce(array_agg(\(actor)::text), '{}'), coalesce(array_agg(nullif(chain, '')), '{}'),
                       coalesce(array_agg(\("retention." + step.action.rawValue)::text), '{}'),
                       coalesce(array_agg('done'::text), '{}'), coalesce(array_agg(\(detail)), '{}')) as audited,
                   (\(last)) as last
            from counted
            """
        ).named("retention_batch")
    }

    private var change: Fragment {
        let table = step.table
        return switch step.action {
        case .delete: "delete from \(table.sql) r"
        case .softDelete: "update \(table.sql) r set deleted_at = \(slot)"
        case .scrub:
            """
            update \(table.sql) r set access_token = '', refresh_token = null, refresh_sent_at = null,
                refresh_sent_for = null, scrubbed_at = greatest(\(slot), r.revoked_at), updated_at = now()
            """
        }
    }
}

extension SweepBatch.Outcome {
    init(_ row: PostgresRow) throws {
        found = try row.decode(Int.self, "found")
        done = try row.decode(Int.self, "done")
        let parts = try row.decode([String?]?.self, "last")
        if let parts, parts.count == 3, let time = parts[0], let chain = parts[1], let key = parts[2] {
            last = SweepBatch.Place(time: time, chain: chain, key: key)
        }
    }
}
