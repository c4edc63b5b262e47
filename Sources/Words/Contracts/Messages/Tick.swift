public import FoundationEssentials

/// A schedule came due. Whoever publishes it, and however often, the pair of schedule and slot is worked once.
public struct Tick: MessageBody {
    public static let messageType = MessageType.tick

    /// The schedule's name: 1 to 64 bytes without control characters.
    public let schedule: String
    /// The time for which the tick stands, not the time at which it was published.
    public let slot: Date

    public init(schedule: String, slot: Date) {
        self.schedule = schedule
        self.slot = slot
    }

    public static func decode(_ bytes: [UInt8]) throws(InvalidMessage) -> Tick {
        let fields = try JSONFields(bytes)
        guard let schedule = try fields.optionalText("schedule", maximumBytes: 64) else {
            throw JSONFields.wrong("schedule", "a string, which is missing")
        }
        return Tick(schedule: schedule, slot: try fields.time("slot"))
    }

    public func encode() -> [UInt8] {
        JSONWriter.object { json in
            json.field("schedule", schedule)
            json.field("slot", RFC3339.text(slot))
        }
    }
}

extension Tick {
    /// The same for the same schedule and slot, whoever publishes the tick: a second one is recognised as a duplicate.
    public var messageID: MessageID {
        .derived(from: Self.nameSpace, name: schedule + "@" + RFC3339.text(slot))
    }

    /// The name space of ticks (RFC 9562, section 6.5): any UUID that nobody else uses. Changing it makes every tick a new message.
    private static let nameSpace = MessageID.fixed(high: 0x7265_7061_7a6f_4f6f, low: 0x8074_6963_6b73_0001)
}
