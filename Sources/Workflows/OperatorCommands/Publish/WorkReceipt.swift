import Contracts
import Postgres

/// What `receipts` says of one message: the truth about whether it is done.
struct WorkReceipt: Equatable, Sendable {
    let consumer: ConsumerName
    /// `done` or `refused`.
    let outcome: String
    let followUps: [FollowUp]

    static func find(
        _ message: MessageID, by consumer: ConsumerName, in postgres: PostgresPool
    ) async throws -> WorkReceipt? {
        let rows = try await postgres.query(
            """
            select outcome, follow_ups::text as follow_ups from receipts
            where consumer = \(consumer.rawValue) and message_id = \(message.rawValue)
            """)
        guard let row = rows.first else { return nil }
        let text = try row.decode(String.self, "follow_ups")
        let outcome = try row.decode(String.self, "outcome")
        do throws(InvalidMessage) {
            return WorkReceipt(consumer: consumer, outcome: outcome, followUps: try FollowUp.list(receiptText: text))
        } catch {
            throw CommandFault("the receipt of \(message) cannot be read: it was changed by something else")
        }
    }

    var events: [Event] {
        followUps.filter { $0.type == .event }.compactMap { try? Event.decode($0.body) }
    }

    var refusal: String? {
        guard outcome == "refused" else { return nil }
        return events.compactMap(\.reason).first ?? "no reason given"
    }

    /// The analysis that an ingestion asked for, under the id that it has there.
    func next(after cause: MessageID) -> (message: MessageID, consumer: ConsumerName)? {
        guard let followUp = followUps.first(where: { $0.type == .analyze }) else { return nil }
        return (followUp.messageID(cause: cause), .analyze)
    }
}
