import Contracts
import FoundationEssentials
import Postgres

/// What the monitor keeps in order besides: what it has looked at is not kept for ever.
enum Housekeeping {
    /// For the dead man's switch of repazoo-alert.
    static func tick(_ tick: Tick, _ now: Date) -> SQL {
        SQL(
            """
            insert into monitor_state (name, at) values ('tick', \(now))
            on conflict (name) do update set at = greatest(monitor_state.at, excluded.at)
            """
        ).named("monitor_tick")
    }

    /// Each takes a bounded number, so that no look lasts long.
    static let statements: [SQL] = [
        SQL(
            """
            delete from database_access where (minute, program, user_id) in (
                select minute, program, user_id from database_access where minute < now() - interval '1 day' limit 20000)
            """
        ).named("access_old"),
        SQL("delete from heartbeats where beat_at < now() - interval '1 day'").named("heartbeats_old"),
        SQL(
            """
            delete from alert_outbox where id in (
                select id from alert_outbox where settled_at < now() - interval '30 days' limit 5000)
            """
        ).named("outbox_old"),
    ]
}
