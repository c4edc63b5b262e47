import Contracts
import Postgres

/// A row of `receipts`: a message is done with.
struct Receipt: Sendable {
    let consumer: ConsumerName
    let message: MessageID
    let outcome: String
    let followUps: JSONText

    init(_ consumer: ConsumerName, _ message: MessageID, outcome: String, followUps: [FollowUp]) {
        self.consumer = consumer
        self.message = message
        self.outcome = outcome
        self.followUps = JSONText(rawValue: FollowUp.receiptText(followUps))
    }

    var statement: SQL {
        SQL(
            """
            insert into receipts (consumer, message_id, outcome, follow_ups)
            values (\(consumer.rawValue), \(message.rawValue), \(outcome), \(followUps)::jsonb)
            """
        ).named("receipt_insert")
    }

    static func statement(for receipts: [Receipt]) -> SQL {
        SQL(
            """
            insert into receipts (consumer, message_id, outcome, follow_ups)
            select * from unnest(
                \(receipts.map(\.consumer.rawValue))::text[], \(receipts.map(\.message.rawValue))::text[],
                \(receipts.map(\.outcome))::text[], \(receipts.map(\.followUps))::text[]::jsonb[])
            """
        ).named("receipt_insert_many")
    }
}
