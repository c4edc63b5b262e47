import FoundationEssentials
import Postgres

/// What the copies of one program last said of themselves, taken together.
struct Pulse: Sendable {
    let copies: Int
    let inFlight: Int
    let perMinute: Int
    /// Seconds; the slowest copy's.
    let p95: TimeInterval?
    /// When the message was published that was taken last.
    let takenPublishedAt: Date?

    static func all(_ postgres: PostgresPool, since: Date) async throws -> [String: Pulse] {
        let rows = try await postgres.query(
            SQL(
                """
                select program, count(*) as copies, sum(in_flight)::bigint as in_flight,
                       coalesce(sum(per_minute), 0)::bigint as per_minute, max(p95_seconds) as p95,
                       max(taken_published_at) as taken
                from heartbeats where beat_at >= \(since) group by program
                """
            ).named("console_pulses"))
        var pulses: [String: Pulse] = [:]
        for row in rows {
            pulses[try row.decode(String.self, "program")] = Pulse(
                copies: try row.decode(Int.self, "copies"), inFlight: try row.decode(Int.self, "in_flight"),
                perMinute: try row.decode(Int.self, "per_minute"), p95: try row.decode(Double?.self, "p95"),
                takenPublishedAt: try row.decode(Date?.self, "taken"))
        }
        return pulses
    }
}

/// How a provider's circuit stands: as open as the most open one of any copy.
struct Circuit: Sendable {
    let name: String
    /// `open`, `probing`, `closed`.
    let state: String
    let words: String

    static func all(_ postgres: PostgresPool, since: Date) async throws -> [Circuit] {
        let rows = try await postgres.query(
            SQL(
                """
                select circuit.key as name, circuit.value as state, count(*) as copies
                from heartbeats, lateral jsonb_each_text(circuits) as circuit
                where beat_at >= \(since) group by 1, 2
                """
            ).named("console_circuits"))
        var worst: [String: (state: String, copies: Int)] = [:]
        for row in rows {
            let (name, state) = (try row.decode(String.self, "name"), try row.decode(String.self, "state"))
            if let known = worst[name], rank(known.state) >= rank(state) { continue }
            worst[name] = (state, try row.decode(Int.self, "copies"))
        }
        return worst.sorted { $0.key < $1.key }.map { name, found in
            Circuit(
                name: ProviderName.words(name), state: found.state,
                words: found.state == "closed"
                    ? "well" : "\(found.state) in \(found.copies) \(found.copies == 1 ? "copy" : "copies")")
        }
    }

    private static func rank(_ state: String) -> Int { ["closed": 0, "probing": 1, "open": 2][state] ?? 2 }
}

/// An alert that is not resolved, as the overview shows it.
struct OpenAlert: Sendable {
    let id: String
    let rule: String
    let severity: String
    let subject: String?
    let ago: String

    static func all(_ postgres: PostgresPool, now: Date) async throws -> [OpenAlert] {
        try await postgres.query(
            SQL(
                """
                select id, rule, severity, subject, last_seen_at from alerts where status <> 'resolved'
                order by array_position(array['compliance', 'critical', 'warning'], severity), last_seen_at desc limit 12
                """
            ).named("console_open_alerts")
        ).map { row in
            OpenAlert(
                id: try row.decode(String.self, "id"), rule: try row.decode(String.self, "rule"),
                severity: try row.decode(String.self, "severity"), subject: try row.decode(String?.self, "subject"),
                ago: Moment.distance(from: try row.decode(Date.self, "last_seen_at"), to: now))
        }
    }
}

/// Providers as people call them.
enum ProviderName {
    static func words(_ name: String) -> String {
        switch name.prefix(while: { $0 != ":" }) {
        case "twitter": "X"
        case "anthropic": "Anthropic"
        default: name
        }
    }
}
