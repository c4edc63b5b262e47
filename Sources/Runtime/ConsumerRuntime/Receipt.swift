import Contracts
import FoundationEssentials
import Postgres

/// A row of `receipts`: a message is done with. Beside what makes a redelivery harmless it tells people how the run went.
struct Receipt: Sendable {
    /// For people who look at the run; nothing of the work depends on it.
    struct Run: Sendable {
        var user: UserID?
        /// The program that published the message, by its own word.
        var askedBy: String?
        var correlationID: String?
        var receivedAt: Date?
        var attempt = 1
        /// Why it was refused.
        var reason: String?
        /// When the steps were reached (`RunDiary.text`).
        var steps = "{}"
    }

    let consumer: ConsumerName
    let message: MessageID
    let outcome: String
    let followUps: JSONText
    var run = Run()

    init(_ consumer: ConsumerName, _ message: MessageID, outcome: String, followUps: [FollowUp]) {
        self.consumer = consumer
        self.message = message
        self.outcome = outcome
        self.followUps = JSONText(rawValue: FollowUp.receiptText(followUps))
    }

    var statement: SQL { Self.statement(for: [self]) }

    static func statement(for receipts: [Receipt]) -> SQL {
        SQL(
            """
            insert into receipts (consumer, message_id, outcome, follow_ups, user_id, asked_by, correlation_id, received_at,
                attempt, reason, steps)
            select * from unnest(
                \(receipts.map(\.consumer.rawValue))::text[], \(receipts.map(\.message.rawValue))::text[],
                \(receipts.map(\.outcome))::text[], \(receipts.map(\.followUps))::text[]::jsonb[],
                \(receipts.map(\.run.user?.rawValue))::text[], \(receipts.map(\.run.askedBy))::text[],
                \(receipts.map(\.run.correlationID))::text[], \(receipts.map(\.run.receivedAt))::timestamptz[],
                \(receipts.map(\.run.attempt))::integer[], \(receipts.map(\.run.reason))::text[],
                \(receipts.map(\.run.steps))::text[])
            """
        ).named("receipt_insert")
    }
}
