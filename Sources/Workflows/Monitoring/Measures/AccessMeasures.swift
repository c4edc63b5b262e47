import Alerts
import Contracts
import FoundationEssentials
import Postgres

/// How many queries were made, as the programs counted them (`database_access`), and as the server did (pg_stat_statements).
struct AccessMeasures: Sendable {
    private static let place = "pg_stat_statements"

    let postgres: PostgresPool

    /// By program and user.
    func access(_ rule: AlertRule, since: Date) async throws -> [Sample] {
        try await postgres.query(
            """
            select program, user_id, sum(queries)::bigint as n from database_access
            where minute > \(since) and user_id <> '' group by program, user_id having sum(queries) > \(Int(rule.clear))
            order by n desc limit \(Round.subjectsPerRule * 20)
            """
        ).map { row in
            let user = try row.decode(String.self, "user_id")
            let program = try row.decode(String.self, "program")
            return Sample(
                "\(program) \(user)", Double(try row.decode(Int.self, "n")), userID: UserID(user),
                detail: ["program": .string(program)])
        }
    }

    /// What the server has seen since the last look beyond twice of what was counted, and the statement that remembers this look.
    /// Nil without the extension, or without the right to see the statements of others.
    ///
    /// Twice, as the counters are written some seconds later, and the server counts what a transaction begins and ends with.
    func uncounted(at now: Date) async throws -> (samples: [Sample], memory: SQL)? {
        guard try await hasStatistics() else { return nil }
        let row = try await postgres.query(
            SQL(
                """
                with before as (select at, (value->>'calls')::bigint as calls from monitor_state where name = \(Self.place)),
                served as (
                    select coalesce(sum(calls), 0)::bigint as calls from pg_stat_statements
                    where dbid = (select oid from pg_database where datname = current_database())
                      and query !~* '^(begin|commit|rollback|start|set|reset|show|discard|deallocate|declare|close|fetch)'
                ),
                counted as (
                    select coalesce(sum(queries), 0)::bigint as queries from database_access
                    where minute >= date_trunc('minute', (select at from before))
                )
                select served.calls as calls, counted.queries as counted, (select calls from before) as before
                from served, counted
                """
            ).named("pg_stat_statements"))[0]
        let calls = try row.decode(Int.self, "calls")
        let remembering = SQL(
            """
            insert into monitor_state (name, at, value)
            values (\(Self.place), \(now), jsonb_build_object('calls', \(calls)::bigint))
            on conflict (name) do update set at = excluded.at, value = excluded.value
            """
        ).named("monitor_memory")
        // Without an earlier look, or reset meanwhile: compared the next time.
        guard let before = try row.decode(Int?.self, "before"), calls >= before else { return ([], remembering) }
        let excess = try calls - before - 2 * row.decode(Int.self, "counted")
        return (excess > 0 ? [Sample(nil, Double(excess))] : [], remembering)
    }

    /// A function of an extension that the owner of our schema made is nobody's until it is granted (migration 0009).
    private func hasStatistics() async throws -> Bool {
        try await postgres.query(
            """
            select to_regclass('pg_stat_statements') is not null and pg_has_role('pg_read_all_stats', 'usage')
                and coalesce(
                    has_function_privilege(to_regprocedure('pg_stat_statements(boolean)'), 'execute'), false) as there
            """)[0].decode(Bool.self, "there")
    }
}
