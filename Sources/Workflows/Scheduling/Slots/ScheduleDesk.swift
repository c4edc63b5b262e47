public import AMQP
import AuditTrail
public import Contracts
public import FoundationEssentials
public import Postgres

/// What people do with schedules: look at them, pause and resume them, ask for a tick out of turn. Every change has its audit
/// entry in the same transaction. Safe from any task.
public struct ScheduleDesk: Sendable {
    /// A schedule as it stands.
    public struct Standing: Sendable {
        public let schedule: Schedule
        /// Nil when no scheduler has seen it yet.
        public let isPaused: Bool?
        public let pausedAt: Date?
        public let pausedBy: String?
        /// Nil while it is paused.
        public let next: Date?
        public let lastSlot: Date?
        /// recorded (to be published), published or superseded (a later slot came first).
        public let lastStatus: String?
        public let lastSettledAt: Date?
    }

    /// Who leads, and since when.
    public struct Leader: Sendable {
        public let holder: String
        public let term: Int
        public let since: Date
    }

    private let book: ScheduleBook
    private let postgres: PostgresPool

    public init(book: ScheduleBook, postgres: PostgresPool) {
        self.book = book
        self.postgres = postgres
    }

    public func standings() async throws -> [Standing] {
        let rows = try await postgres.query(
            """
            select name, paused_at, paused_by, slot, status, settled_at
            from schedules left join lateral (
                select slot, status, settled_at from schedule_slots where schedule = name order by slot desc limit 1
            ) last on true
            """)
        let now = try await now()
        var known: [String: PostgresRow] = [:]
        for row in rows { known[try row.decode(String.self, "name")] = row }
        return try book.schedules.map { schedule in
            let row = known[schedule.name]
            let pausedAt = try row?.decode(Date?.self, "paused_at")
            return Standing(
                schedule: schedule, isPaused: row == nil ? nil : pausedAt != nil, pausedAt: pausedAt,
                pausedBy: try row?.decode(String?.self, "paused_by"),
                next: pausedAt == nil ? schedule.cron.next(after: now) : nil,
                lastSlot: try row?.decode(Date?.self, "slot"), lastStatus: try row?.decode(String?.self, "status"),
                lastSettledAt: try row?.decode(Date?.self, "settled_at"))
        }
    }

    /// Nil when nobody leads.
    public func leader() async throws -> Leader? {
        try await postgres.query(
            """
            select holder, term, elected_at from scheduler_lease
            where expires_at > clock_timestamp() and holder is not null
            """
        ).first.map { row in
            Leader(
                holder: try row.decode(String.self, "holder"), term: try row.decode(Int.self, "term"),
                since: try row.decode(Date.self, "elected_at"))
        }
    }

    /// No slot of the schedule comes due until it is resumed. False when it was paused before.
    public func pause(_ schedule: Schedule, by person: String) async throws -> Bool {
        try await change(
            schedule,
            """
            insert into schedules (name, cron, seen_until, paused_at, paused_by)
            values (\(schedule.name), \(schedule.cron.description), scheduler_clock(), scheduler_clock(), \(person))
            on conflict (name) do update set paused_at = excluded.paused_at, paused_by = excluded.paused_by
            where schedules.paused_at is null
            """, by: person, action: "schedule.pause")
    }

    /// Slots come due again from now on; those of the pause are left out. False when it was not paused.
    public func resume(_ schedule: Schedule, by person: String) async throws -> Bool {
        try await change(
            schedule,
            """
            update schedules set paused_at = null, paused_by = null, seen_until = greatest(seen_until, scheduler_clock())
            where name = \(schedule.name) and paused_at is not null
            """, by: person, action: "schedule.resume")
    }

    /// Publishes a tick of the schedule now, paused or not; its slot is this second. Returns when the broker has it for good. Should
    /// this process die after the commit, the leading scheduler publishes the same message.
    public func run(
        _ schedule: Schedule, by person: String, over publisher: AMQPPublisher, patience: Duration = .seconds(20)
    ) async throws -> Tick {
        let now = try await now()
        let time = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        let slot = Slot(schedule: schedule.name, routingKey: schedule.routingKey, time: time)
        try await postgres.atomically([
            """
            insert into schedule_slots (schedule, slot, routing_key, message_id)
            values (\(slot.schedule), \(slot.time)::timestamptz, \(slot.routingKey.rawValue), \(slot.tick.messageID.rawValue))
            on conflict do nothing
            """,
            AuditEntry(
                actor: person, userID: nil, action: "schedule.run", outcome: "done",
                detail: ["schedule": .string(slot.schedule), "slot": .string(RFC3339.text(slot.time))]
            ).statement,
        ])
        try await publisher.publish(
            TickPost.publication(slot.tick, to: slot.routingKey, from: person, at: now), patience: patience)
        try await SlotTable(postgres: postgres).settle(slot)
        return slot.tick
    }

    private func now() async throws -> Date {
        try await postgres.query("select scheduler_clock() as now")[0].decode(Date.self, "now")
    }

    private func change(_ schedule: Schedule, _ statement: SQL, by person: String, action: String) async throws -> Bool
    {
        try await postgres.transaction { transaction in
            guard try await transaction.query(statement).affected > 0 else { return false }
            let entry = AuditEntry(
                actor: person, userID: nil, action: action, outcome: "done",
                detail: ["schedule": .string(schedule.name)])
            try await transaction.query(entry.statement)
            return true
        }
    }
}
