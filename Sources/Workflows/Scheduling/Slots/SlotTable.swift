import Contracts
import FoundationEssentials
import Postgres

/// The tables `schedules` and `schedule_slots`, as the leader works on them. All times are the database's.
struct SlotTable: Sendable {
    enum Entry: Equatable, Sendable {
        case recorded
        /// It is there already, or the schedule was paused meanwhile.
        case known
        /// The term is over: another leads.
        case deposed
    }

    let postgres: PostgresPool

    /// Makes schedules known. The slots of a new one, and of one whose times changed, count from now on.
    func register(_ book: ScheduleBook) async throws {
        try await postgres.query(
            SQL(
                """
                insert into schedules (name, cron, seen_until)
                select name, cron, scheduler_clock()
                from unnest(\(book.schedules.map(\.name))::text[], \(book.schedules.map(\.cron.description))::text[])
                    as book (name, cron)
                on conflict (name) do update set cron = excluded.cron, seen_until = excluded.seen_until
                where schedules.cron <> excluded.cron
                """
            ).named("schedules_register"))
    }

    func look() async throws -> (now: Date, states: [ScheduleState]) {
        let rows = try await postgres.query(
            SQL(
                """
                select scheduler_clock() as now, name, cron, seen_until, paused_at is not null as is_paused
                from (values (1)) one left join schedules on true
                """
            ).named("schedules_look"))
        let states = try rows.compactMap { row -> ScheduleState? in
            guard let name = try row.decode(String?.self, "name") else { return nil }
            return ScheduleState(
                name: name, cron: try row.decode(String.self, "cron"),
                seenUntil: try row.decode(Date.self, "seen_until"),
                isPaused: try row.decode(Bool.self, "is_paused"))
        }
        return (try rows[0].decode(Date.self, "now"), states)
    }

    /// Writes down that a slot's tick is to be published, unless the term is over. What an earlier slot of the schedule
    /// still had to publish is not worth it any more.
    func record(_ slot: Slot, term: Int) async throws -> Entry {
        let row = try await postgres.query(
            SQL(
                """
                with fence as materialized (
                    select term from scheduler_lease where term = \(term) and expires_at > clock_timestamp() for share
                ), advanced as (
                    update schedules set seen_until = \(slot.time)::timestamptz from fence
                    where name = \(slot.schedule) and paused_at is null and seen_until < \(slot.time)::timestamptz
                    returning name
                ), superseded as (
                    update schedule_slots set status = 'superseded', settled_at = clock_timestamp() from advanced
                    where schedule = name and status = 'recorded'
                ), forgotten as (
                    delete from schedule_slots using advanced
                    where schedule = name and slot < \(slot.time)::timestamptz - interval '90 days' and status <> 'recorded'
                ), recorded as (
                    insert into schedule_slots (schedule, slot, routing_key, message_id, term)
                    select name, \(slot.time)::timestamptz, \(slot.routingKey.rawValue), \(slot.tick.messageID.rawValue), \(term)
                    from advanced
                    on conflict do nothing
                    returning slot
                )
                select exists (select from fence) as leads, exists (select from recorded) as is_new
                """
            ).named("slot_record"))[0]
        guard try row.decode(Bool.self, "leads") else { return .deposed }
        return try row.decode(Bool.self, "is_new") ? .recorded : .known
    }

    /// The slots whose tick is not known to be published, the oldest first.
    func open() async throws -> [Slot] {
        try await postgres.query(
            SQL(
                "select schedule, routing_key, slot from schedule_slots where status = 'recorded' order by slot, schedule"
            )
            .named("slots_open")
        ).map { row in
            Slot(
                schedule: try row.decode(String.self, "schedule"),
                routingKey: RoutingKey(rawValue: try row.decode(String.self, "routing_key")),
                time: try row.decode(Date.self, "slot"))
        }
    }

    func settle(_ slot: Slot) async throws {
        try await postgres.query(
            SQL(
                """
                update schedule_slots set status = 'published', settled_at = clock_timestamp()
                where schedule = \(slot.schedule) and slot = \(slot.time)::timestamptz and status = 'recorded'
                """
            ).named("slot_settle"))
    }
}
