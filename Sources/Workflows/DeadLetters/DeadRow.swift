public import Alerting
import Contracts
public import FoundationEssentials
public import Postgres

/// A row of `dead_letters`. What came from outside is still as it was stored: clean it before it is shown.
public struct DeadRow: Sendable {
    public let id: String
    public let queue: String
    public let messageID: String?
    public let reason: String
    public let code: String?
    public let body: String?
    public let userID: String?
    public let headers: String
    public let diedAt: Date
    public let storedAt: Date
    public let status: String
    public let isWhole: Bool
    public let deaths: Int
    public let settledAt: Date?
    public let settledBy: String?
    public let note: String?

    public init(_ row: PostgresRow) throws {
        id = try row.decode(String.self, "id")
        queue = try row.decode(String.self, "queue")
        messageID = try row.decode(String?.self, "message_id")
        reason = try row.decode(String.self, "reason")
        code = try row.decode(String?.self, "code")
        body = try row.decode(String?.self, "body")
        userID = try row.decode(String?.self, "user_id")
        headers = try row.decode(String.self, "headers")
        diedAt = try row.decode(Date.self, "died_at")
        storedAt = try row.decode(Date.self, "stored_at")
        status = try row.decode(String.self, "status")
        isWhole = try row.decode(Bool.self, "replayable")
        deaths = try row.decode(Int.self, "deaths")
        settledAt = try row.decode(Date?.self, "settled_at")
        settledBy = try row.decode(String?.self, "settled_by")
        note = try row.decode(String?.self, "note")
    }

    /// The message as it would be sent again.
    public func replay(at now: Date) throws(ReplayedMessage.Obstacle) -> ReplayedMessage {
        try ReplayedMessage(
            queue: queue, messageID: messageID, body: body, headers: headers, isWhole: isWhole, at: now)
    }

    /// Queue and reason in the audit trail: known words only.
    var auditedQueue: String { ReplayedMessage.consumer(ofQueue: queue)?.queue.rawValue ?? "other" }
    var auditedReason: String { (DeadLetterReason(rawValue: reason) ?? .unknown).rawValue }
}
