import Alerting
import Contracts
import FoundationEssentials
import Postgres

/// One end that a message came to, from its receipt or its dead letter.
struct RunStory: Sendable {
    let row: RunRow
    let correlationID: String?
    /// In order, in seconds after the message was received.
    let steps: [(name: String, seconds: Double)]
    /// Of a dead one: what became of each attempt, the oldest first.
    var attempts: [AttemptTrail.Entry] = []
    let followUps: [FollowUp]

    /// A message may have several: the same id at two consumers, or a death before a replay that succeeded.
    static func ends(of id: MessageID, in postgres: PostgresPool) async throws -> [RunStory] {
        // By consumer and id, as they are filed.
        let (consumers, queues) = (
            ConsumerName.allCases.map(\.rawValue),
            ConsumerName.allCases.flatMap { [$0.queue, $0.deadQueue] }.map(\.rawValue)
        )
        let receipts = try await postgres.query(
            SQL(
                """
                select consumer, message_id, outcome, reason, user_id, asked_by, coalesce(attempt, 1) as attempt, received_at,
                       completed_at as ended_at, correlation_id, steps, follow_ups::text as follow_ups
                from receipts where consumer = any(\(consumers)::text[]) and message_id = \(id.rawValue)
                order by completed_at
                """
            ).named("console_run"))
        let deaths = try await postgres.query(
            SQL(
                """
                select queue as consumer, message_id, 'dead' as outcome, reason || coalesce(': ' || code, '') as reason,
                       user_id, null::text as asked_by, deaths as attempt, null::timestamptz as received_at, died_at as ended_at,
                       headers->>\(HeaderName.history) as history
                from dead_letters where queue = any(\(queues)::text[]) and message_id = \(id.rawValue) order by died_at
                """
            ).named("console_run_deaths"))
        return try receipts.map { row in
            RunStory(
                row: try RunRow(row), correlationID: try row.decode(String?.self, "correlation_id"),
                steps: try RunSteps.decode(row.decode(String?.self, "steps")),
                followUps: (try? FollowUp.list(receiptText: try row.decode(String.self, "follow_ups"))) ?? [])
        }
            + deaths.map { row in
                let attempts = AttemptTrail(try row.decode(String?.self, "history")).entries
                return RunStory(row: try RunRow(row), correlationID: nil, steps: [], attempts: attempts, followUps: [])
            }
    }
}

/// The column `receipts.steps`: microseconds after receipt at which each step was reached, in the order of `Step`.
enum RunSteps {
    /// The steps before the commit; the commit itself is the end.
    static let names = ["decoded", "recognised", "admitted", "worked"]

    /// From PostgreSQL's `{12,40,…}`.
    static func decode(_ text: String?) -> [(name: String, seconds: Double)] {
        guard let text else { return [] }
        let numbers = text.dropFirst().dropLast().split(separator: ",").compactMap { Double($0) }
        return zip(names, numbers).map { ($0, $1 / 1_000_000) }
    }
}
