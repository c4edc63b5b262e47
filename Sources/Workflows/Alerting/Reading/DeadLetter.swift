import AMQP
import Contracts
import FoundationEssentials

/// A dead message as it is stored: read once, with everything personal left out but the user id that a replay needs.
///
/// Reading never fails: whatever arrives in a dead-letter queue becomes a row.
struct DeadLetter: Equatable, Sendable {
    /// The work queue that it died in.
    let queue: QueueName
    /// Nil unless it was a UUID.
    let messageID: MessageID?
    let reason: DeadLetterReason
    let code: String?
    var body: String?
    var userID: UserID?
    var headers: [String: Contracts.JSONValue]
    /// When nobody said it credibly, the time of receipt.
    let diedAt: Date
    let isTimeKnown: Bool
    var isReplayable: Bool

    init(_ properties: AMQPProperties, body: [UInt8], diedIn consumer: ConsumerName, receivedAt now: Date) {
        let cause = CauseOfDeath(properties.headers, queue: consumer.queue, now: now)
        let kept = KeptBody(body, type: properties.type)
        queue = consumer.queue
        messageID = properties.messageID.flatMap { MessageID($0) }
        reason = cause.reason
        code = cause.code
        self.body = kept.text
        userID = kept.userID
        headers = KeptHeaders.of(properties)
        diedAt = cause.time ?? now
        isTimeKnown = cause.time != nil
        let isAccepted = consumer.acceptedTypes.contains { $0.rawValue == properties.type }
        isReplayable = kept.isWhole && messageID != nil && isAccepted
    }

    /// Less and less of it, for a database that refuses the row: something is better than a message that circles for
    /// ever.
    var remainders: [DeadLetter] {
        var bodiless = self
        bodiless.body = nil
        bodiless.isReplayable = false
        var bare = bodiless
        bare.userID = nil
        bare.headers = [:]
        return [self, bodiless, bare]
    }
}
