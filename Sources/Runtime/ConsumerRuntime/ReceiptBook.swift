import Contracts
import Postgres

/// The receipts of one consumer: a row for each message that is done with. It is written in the transaction of the effects,
/// and its primary key is what makes a second delivery, concurrent or later, have no effect.
struct ReceiptBook: Sendable {
    let consumer: ConsumerName
    let postgres: PostgresPool

    /// The follow-ups of a message that is done with; nil for a new one.
    func followUps(of message: MessageID) async throws -> [FollowUp]? {
        let row = try await postgres.query(
            SQL(
                """
                select follow_ups::text as follow_ups from receipts
                where consumer = \(consumer.rawValue) and message_id = \(message.rawValue)
                """
            ).named("receipt")
        ).first
        guard let text = try row?.decode(String.self, "follow_ups") else { return nil }
        return try FollowUp.list(receiptText: text)
    }

    func entry(for message: MessageID, outcome: String, followUps: [FollowUp]) -> SQL {
        let followUps = JSONText(rawValue: FollowUp.receiptText(followUps))
        return SQL(
            """
            insert into receipts (consumer, message_id, outcome, follow_ups)
            values (\(consumer.rawValue), \(message.rawValue), \(outcome), \(followUps)::jsonb)
            """
        ).named("receipt_insert")
    }

    /// Another delivery of the same message was quicker.
    static func isDuplicate(_ error: any Error) -> Bool {
        (error as? PostgresError)?.constraint == "receipts_pkey"
    }
}
