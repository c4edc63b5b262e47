import Alerts
import Contracts
import FoundationEssentials
import Postgres

/// What the tables tell of work that waits.
struct DatabaseMeasures: Sendable {
    let postgres: PostgresPool

    /// Unsettled dead letters of each alert that counts some.
    func deadLetters(_ rule: AlertRule) async throws -> [Sample] {
        try await postgres.query(
            """
            select alerts.subject, count(dead_letters.id) as n
            from alerts left join dead_letters on dead_letters.alert_id = alerts.id and dead_letters.status = 'new'
            where alerts.rule = \(rule.name) and alerts.status <> 'resolved' group by alerts.id, alerts.subject
            """
        ).map { Sample(try $0.decode(String?.self, "subject"), Double(try $0.decode(Int.self, "n")), isCounted: false) }
    }

    /// Requests that will be late. Those that wait are taken to be done one after the other, at the speed of the last day; when
    /// nothing was done for a day, whatever has waited for a day is late.
    ///
    /// A request that died counts as waiting: nobody works on it.
    func exportDeadline(at now: Date) async throws -> [Sample] {
        try await late(
            """
            with waiting as (
                select requested_at, due_at as due from export_deadlines
                union all
                \(dead: .export)
            ), speed as (
                select count(*)::float8 / 86400 as per_second from data_exports
                where completed_at > \(now)::timestamptz - interval '1 day' and status in ('ready', 'expired')
            )
            select count(*) as n, min(due) as due from (
                select due, requested_at, row_number() over (order by requested_at) as place from waiting
            ) as request, speed
            where case when per_second > 0 then \(now)::timestamptz + make_interval(secs => place / per_second) > due
                       else requested_at < \(now)::timestamptz - interval '1 day' end
            """)
    }

    /// Erasures that were begun or died. One that still lies in its queue is told of by the queue's age.
    func erasureDeadline(at now: Date) async throws -> [Sample] {
        guard
            try await postgres.query("select to_regclass('erasures') is not null as there")[0].decode(
                Bool.self, "there")
        else { return [] }
        return try await late(
            """
            with waiting as (
                select requested_at, requested_at + interval '1 month' as due from erasures where completed_at is null
                union all
                \(dead: .retention)
            ), speed as (
                select count(*)::float8 / 86400 as per_second from erasures where completed_at > \(now)::timestamptz - interval '1 day'
            )
            select count(*) as n, min(due) as due from (
                select due, requested_at, row_number() over (order by requested_at) as place from waiting
            ) as request, speed
            where case when per_second > 0 then \(now)::timestamptz + make_interval(secs => place / per_second) > due
                       else requested_at < \(now)::timestamptz - interval '1 day' end
            """)
    }

    private func late(_ sql: SQL) async throws -> [Sample] {
        let row = try await postgres.query(sql)[0]
        let count = try row.decode(Int.self, "n")
        guard count > 0 else { return [] }
        let due = try row.decode(Date?.self, "due")
        return [Sample(nil, Double(count), detail: due.map { ["first_due_at": .string(RFC3339.text($0))] } ?? [:])]
    }

    /// Seconds since the schedule's last slot was worked: the newest claimed slot whose message has a receipt. Before the first,
    /// since the schema was made.
    func tickAge(_ schedule: String, at now: Date) async throws -> [Sample] {
        guard
            try await postgres.query("select to_regclass('tick_slots') is not null as there")[0].decode(
                Bool.self, "there")
        else { return [] }
        let row = try await postgres.query(
            """
            select coalesce(max(receipts.completed_at), (select min(applied_at) from schema_migrations)) as at
            from (select message_id from tick_slots where schedule = \(schedule) order by slot desc limit 100) as slot
            join receipts using (message_id) where receipts.outcome = 'done'
            """)[0]
        let last = try row.decode(Date.self, "at")
        return [Sample(schedule, max(0, now.timeIntervalSince(last)).rounded())]
    }

    /// By a view that shows everybody's connections to everybody, as pg_stat_activity does not.
    func connections() async throws -> [Sample] {
        let row = try await postgres.query(
            """
            select (select sum(numbackends) from pg_stat_database)::float8
                   / current_setting('max_connections')::float8 as share
            """)[0]
        return [Sample(nil, try row.decode(Double.self, "share"))]
    }

    /// By channel.
    func notificationsStuck(at now: Date) async throws -> [Sample] {
        try await postgres.query(
            """
            select channel, min(greatest(created_at, not_before)) as oldest, count(*) as n from alert_outbox
            where status in ('pending', 'sending') and not_before <= \(now) group by channel
            """
        ).map { row in
            Sample(
                try row.decode(String.self, "channel"),
                max(0, now.timeIntervalSince(try row.decode(Date.self, "oldest"))).rounded(),
                detail: ["waiting": .integer(try row.decode(Int.self, "n"))])
        }
    }
}

extension SQL.Interpolation {
    /// Dead requests of a queue, as if they waited since their death.
    mutating func appendInterpolation(dead queue: QueueName) {
        appendLiteral("select died_at as requested_at, died_at + interval '1 month' as due from dead_letters ")
        appendLiteral("where status = 'new' and queue = ")
        appendInterpolation(queue.rawValue)
    }
}
