import Contracts
import Postgres

/// The receipts of one consumer: a row for each message that is done with. It is written in the transaction of the effects,
/// and its primary key is what makes a second delivery, concurrent or later, have no effect.
struct ReceiptBook: Sendable {
    let consumer: ConsumerName
    private let texts: BatchedLookup<MessageID, String?>

    init(consumer: ConsumerName, postgres: PostgresPool) {
        self.consumer = consumer
        texts = BatchedLookup(on: postgres) { messages in
            let rows = try await postgres.query(
                SQL(
                    "select message_id, follow_ups from receipts_among(\(consumer.rawValue), \(messages.map(\.rawValue))::text[])"
                ).named("receipts"))
            var found: [String: String] = [:]
            for row in rows { found[try row.decode(String.self, at: 0)] = try row.decode(String.self, at: 1) }
            return messages.map { found[$0.rawValue] }
        }
    }

    /// The follow-ups of a message that is done with; nil for a new one.
    func followUps(of message: MessageID) async throws -> [FollowUp]? {
        guard let text = try await texts.answer(to: message) else { return nil }
        return try FollowUp.list(receiptText: text)
    }

    /// The receipt of a finished job.
    func entry<Request>(
        for job: Job<Request>, outcome: String, reason: RefusalReason? = nil, followUps: [FollowUp]
    ) -> Receipt {
        let envelope = job.envelope
        var receipt = Receipt(consumer, envelope.messageID, outcome: outcome, followUps: followUps)
        receipt.run = Receipt.Run(
            user: job.user, askedBy: envelope.appID, correlationID: envelope.correlationID, receivedAt: job.now,
            attempt: envelope.attempt, reason: reason?.rawValue, steps: job.diary.text)
        return receipt
    }

    /// Another delivery of the same message was quicker.
    static func isDuplicate(_ error: any Error) -> Bool {
        (error as? PostgresError)?.constraint == "receipts_pkey"
    }
}
