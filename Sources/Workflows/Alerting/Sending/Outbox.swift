import Alerts
import Contracts
import FoundationEssentials
import Postgres

/// One channel's rows of `alert_outbox`, sent in order by whoever holds the channel.
///
/// pending → sending (committed before the attempt) → sent; back to pending when the channel cannot take it now. A row found in
/// `sending` is one whose sender died: it is sent again, as losing it would be worse. Mail and PagerDuty know it by its id.
struct Outbox: Sendable {
    static let hold: Double = 60

    let postgres: PostgresPool
    let channel: AlertChannel
    /// This process.
    let holder: String

    struct Item: Sendable {
        let id: Int64
        let alertID: String?
        let kind: String
        let notice: [String: JSONValue]
        /// An earlier attempt may have arrived.
        let isRepeated: Bool
        let createdAt: Date
    }

    /// Takes the channel for a while, if it is free or ours and not resting, and the next row that is due.
    func next() async throws -> Item? {
        try await postgres.query(
            SQL(
                """
                with held as (
                    update alert_channels
                    set holder = \(holder), held_until = now() + make_interval(secs => \(Self.hold))
                    where channel = \(channel) and next_at <= now() and (holder = \(holder) or held_until < now())
                      and exists (
                        select from alert_outbox
                        where channel = \(channel) and status in ('pending', 'sending') and not_before <= now())
                    returning channel
                ), due as (
                    select alert_outbox.id, status = 'sending' or problem in ('timeout', 'connection_lost') as repeated
                    from alert_outbox join held using (channel)
                    where status in ('pending', 'sending') and not_before <= now() order by id limit 1
                )
                update alert_outbox as item set status = 'sending', attempts = attempts + 1
                from due where item.id = due.id
                returning item.id, item.alert_id, item.kind, item.notice::text as notice, coalesce(due.repeated, false) as repeated,
                          item.created_at
                """
            ).named("outbox_next")
        ).first.map { row in
            Item(
                id: try row.decode(Int64.self, "id"), alertID: try row.decode(String?.self, "alert_id"),
                kind: try row.decode(String.self, "kind"),
                notice: (try? JSONValue.object(parsing: Array(row.decode(String.self, "notice").utf8))) ?? [:],
                isRepeated: try row.decode(Bool.self, "repeated"), createdAt: try row.decode(Date.self, "created_at"))
        }
    }

    /// It was taken, or is not to be sent; the channel rests for `pause`.
    func settle(_ item: Item, as status: String, problem: String? = nil, pause: Duration) async throws {
        try await postgres.atomically([
            SQL(
                """
                update alert_outbox set status = \(status), problem = \(problem), settled_at = now() where id = \(item.id)
                """
            ).named("outbox_settle"),
            SQL(
                """
                update alert_channels set failures = 0, next_at = now() + make_interval(secs => \(pause / .seconds(1)))
                where channel = \(channel)
                """
            ).named("outbox_rest"),
        ])
    }

    /// It stays the next one; the channel rests: 1 s, 2 s, 4 s … 5 min, or as long as it said. Returns for how long.
    func putBack(_ item: Item, problem: String, after wish: Duration?) async throws -> Duration {
        let results = try await postgres.atomically([
            SQL("update alert_outbox set status = 'pending', problem = \(problem) where id = \(item.id)").named(
                "outbox_put_back"),
            SQL(
                """
                update alert_channels
                set failures = failures + 1,
                    next_at = now() + make_interval(secs => greatest(
                        \((wish ?? .zero) / .seconds(1)), least(300, power(2, least(failures, 9)))))
                where channel = \(channel)
                returning extract(epoch from next_at - now())::float8 as rest
                """
            ).named("outbox_failure"),
        ])
        return .seconds(try results.last?.first?.decode(Double.self, "rest") ?? 0)
    }

    /// Refused for good by this channel: told by another one instead, which has not heard of it.
    func handOver(_ item: Item, to others: [AlertChannel]) async throws {
        for other in others {
            let moved = try await postgres.query(
                SQL(
                    """
                    insert into alert_outbox (channel, alert_id, episode, kind, number, notice)
                    select \(other)::text, alert_id, episode, kind, number, notice from alert_outbox where id = \(item.id)
                    on conflict on constraint alert_outbox_once do nothing
                    """
                ).named("outbox_hand_over"))
            if moved.affected > 0 { return }
        }
    }

    /// Lets another process send; for a clean stop.
    func letGo() async {
        _ = try? await postgres.query(
            SQL("update alert_channels set held_until = '-infinity' where channel = \(channel) and holder = \(holder)")
                .named(
                    "outbox_let_go"))
    }
}
