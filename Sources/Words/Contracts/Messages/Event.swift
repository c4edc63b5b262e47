public import FoundationEssentials

/// Something happened that others may want to hear: the backend, the console, the alert consumer.
public struct Event: MessageBody {
    public static let messageType = MessageType.event

    public let event: EventName
    /// Absent when the event is about no user.
    public let userID: UserID?
    /// The id of the message that caused it; the event's own id is in the AMQP properties.
    public let causeID: MessageID
    public let at: Date
    /// A code (`RefusalReason` on `….refused`), never free text.
    public let reason: String?
    /// Small, and without personal data: whoever binds a queue reads it. (`export.ready` holds the link to the export.)
    public let detail: [String: JSONValue]

    public init(
        _ event: EventName, userID: UserID? = nil, causeID: MessageID, at: Date, reason: String? = nil,
        detail: [String: JSONValue] = [:]
    ) {
        self.event = event
        self.userID = userID
        self.causeID = causeID
        self.at = at
        self.reason = reason
        self.detail = detail
    }

    /// Any well-formed name is accepted, so that an older reader survives a newer event.
    public static func decode(_ bytes: [UInt8]) throws(InvalidMessage) -> Event {
        let fields = try JSONFields(bytes)
        let name = EventName(rawValue: try fields.string("event"))
        guard name.isWellFormed else { throw JSONFields.wrong("event", "a name such as ingest.completed") }
        return Event(
            name, userID: try fields.optionalUserID(), causeID: try fields.messageID("message_id"),
            at: try fields.time("at"), reason: try fields.optionalText("reason", maximumBytes: 256),
            detail: try fields.object("detail"))
    }

    public func encode() -> [UInt8] {
        JSONWriter.object { json in
            json.field("event", event.rawValue)
            json.field("user_id", ifPresent: userID?.rawValue)
            json.field("message_id", causeID.rawValue)
            json.field("at", RFC3339.text(at))
            json.field("reason", ifPresent: reason)
            json.field("detail", .object(detail))
        }
    }
}
