import Alerts
import Contracts
import FoundationEssentials
import Postgres

/// What the queues tell, together with what the consumers say of themselves.
struct QueueMeasures: Sendable {
    /// A heartbeat comes every 15 s.
    static let heartbeatPatience: TimeInterval = 90

    let postgres: PostgresPool

    struct Heartbeat: Equatable, Sendable {
        let beatAt: Date
        let takenPublishedAt: Date?
    }

    /// The latest of each program.
    func heartbeats() async throws -> [String: Heartbeat] {
        var found: [String: Heartbeat] = [:]
        let rows = try await postgres.query(
            "select program, max(beat_at) as beat, max(taken_published_at) as taken from heartbeats group by program")
        for row in rows {
            found[try row.decode(String.self, "program")] = Heartbeat(
                beatAt: try row.decode(Date.self, "beat"), takenPublishedAt: try row.decode(Date?.self, "taken"))
        }
        return found
    }

    static func depth(_ survey: BrokerSurvey.Result) -> [Sample] {
        survey.queues.sorted { $0.key < $1.key }.map { Sample($0.key, Double($0.value.messages)) }
    }

    /// Work and nobody who works: the broker knows no consumer of the queue, or all that there were stopped giving signs of life.
    static func missing(
        _ survey: BrokerSurvey.Result, _ heartbeats: [String: Heartbeat], at now: Date
    ) -> [Sample] {
        survey.queues.sorted { $0.key < $1.key }.compactMap { name, queue in
            guard queue.messages > 0, let program = program(of: name) else { return nil }
            let isSilent = heartbeats[program].map { now.timeIntervalSince($0.beatAt) > heartbeatPatience } ?? false
            guard queue.consumers == 0 || isSilent else { return nil }
            return Sample(
                name, 1,
                detail: [
                    "messages": .integer(queue.messages), "consumers": .integer(queue.consumers),
                    "program": .string(program),
                ])
        }
    }

    /// How long the oldest message has waited, at most. The broker does not say; but a queue is first in, first out: its head was
    /// published after the message that was taken last, and after the queue was last seen empty.
    func age(
        _ survey: BrokerSurvey.Result, _ heartbeats: [String: Heartbeat], at now: Date
    ) async throws -> (samples: [Sample], memory: [SQL]) {
        var emptyAt: [String: Date] = [:]
        for row in try await postgres.query("select name, at from monitor_state where starts_with(name, 'empty ')") {
            emptyAt[try row.decode(String.self, "name")] = try row.decode(Date.self, "at")
        }
        var samples: [Sample] = []
        var memory: [SQL] = []
        for (name, queue) in survey.queues.sorted(by: { $0.key < $1.key }) {
            let place = "empty \(name)"
            guard queue.messages > 0, let seenEmpty = emptyAt[place] else {
                // At the first look nothing is known of before.
                memory.append(Self.remember(place, now))
                continue
            }
            let taken = Self.program(of: name).flatMap { heartbeats[$0]?.takenPublishedAt } ?? .distantPast
            let since = name.hasSuffix(".dead") ? seenEmpty : max(seenEmpty, taken)
            samples.append(Sample(name, max(0, now.timeIntervalSince(since)).rounded()))
        }
        return (samples, memory)
    }

    /// Dead letters are repazoo-alert's, whichever queue they died in.
    private static func program(of queue: String) -> String? {
        if queue.hasSuffix(".dead") { return ConsumerName.alert.program }
        return ConsumerName.allCases.first { $0.queue.rawValue == queue }?.program
    }

    private static func remember(_ place: String, _ now: Date) -> SQL {
        SQL(
            """
            insert into monitor_state (name, at) values (\(place), \(now))
            on conflict (name) do update set at = excluded.at
            """
        ).named("monitor_empty")
    }
}
