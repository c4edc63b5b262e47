/// The column `receipts.follow_ups`: a JSON array of objects. The body is a JSON string that holds the body's own text, not
/// a nested object: `jsonb` reorders objects, and the bytes must come back as they were.
extension FollowUp {
    public static func receiptText(_ followUps: [FollowUp]) -> String {
        JSONValue.array(followUps.map(\.json)).text
    }

    /// Reads what `receiptText` wrote, in whatever order and spacing the database gives it back. Unlike a message it may
    /// have any size: it is our own. An `InvalidMessage` here means that the row was changed by someone else.
    public static func list(receiptText: String) throws(InvalidMessage) -> [FollowUp] {
        var followUps: [FollowUp] = []
        for element in try JSONValue.array(parsing: Array(receiptText.utf8)) { followUps.append(try FollowUp(element)) }
        return followUps
    }

    private var json: JSONValue {
        [
            "exchange": .string(exchange.rawValue), "routing_key": .string(routingKey.rawValue),
            "type": .string(type.rawValue), "name": .string(name),
            "body": .string(String(decoding: body, as: UTF8.self)),
        ]
    }

    private init(_ json: JSONValue) throws(InvalidMessage) {
        guard case .object(let members) = json else { throw .body("a follow-up to be an object") }
        func text(_ name: String) throws(InvalidMessage) -> String {
            guard case .string(let text) = members[name] else { throw JSONFields.wrong(name, "a string") }
            return text
        }
        self.init(
            exchange: ExchangeName(rawValue: try text("exchange")),
            routingKey: RoutingKey(rawValue: try text("routing_key")),
            type: MessageType(rawValue: try text("type")), body: Array(try text("body").utf8), name: try text("name"))
    }
}
