import AnthropicAPI
import AuditTrail
import Contracts
import Postgres

/// A batch that was, or may have been, handed over, and whose id nobody knows: its submitter died before it noted the id, or the
/// answer never came. Its questions are asked anew. What it costs is in no analysis, so the audit trail has it, and people are told.
struct LostBatch {
    let requests: Int
    private let tweets: Int
    private let model: String
    private let message: MessageID
    private let user: UserID

    init(_ batch: StoredBatch, _ job: BatchJob) {
        requests = batch.entries.count
        tweets = batch.entries.reduce(0) { $0 + $1.tweets.count }
        model = batch.model
        message = job.message
        user = job.rows.user
    }

    var statements: [SQL] {
        let detail: [String: JSONValue] = [
            "requests": .integer(requests), "tweets": .integer(tweets), "model": .string(model),
            "message_id": .string(message.rawValue),
        ]
        let entry = AuditEntry(
            actor: ConsumerName.analyze.program, userID: user, action: "analyze.batch", outcome: "unknown",
            detail: detail)
        // The audit trail has whose it was; people hear that it was.
        return [
            entry.statement,
            SQL("select alert_raise('analysis.batch_lost', 'warning', 'anthropic', null, '{}', now())")
                .named("alert_raise"),
        ]
    }

    /// False when the provider has said that it did not take it, or was not asked.
    static func mayHaveArrived(after error: any Error) -> Bool {
        switch error {
        case AnthropicError.unavailable, AnthropicError.malformedAnswer, AnthropicError.interrupted: true
        default: false
        }
    }
}
