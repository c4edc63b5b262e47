/// Delete everything that is held about a user, at once and everywhere (GDPR, article 17).
public struct EraseRequest: RequestBody {
    public static let messageType = MessageType.erase
    public static let routingKey = RoutingKey.erase

    public let userID: UserID
    /// Why, for the certificate: 1 to 256 bytes without control characters. May be personal; never log it.
    public let reason: String?

    /// A `reason` that `decode` would refuse makes a message that ends as a dead letter.
    public init(userID: UserID, reason: String? = nil) {
        self.userID = userID
        self.reason = reason
    }

    public static func decode(_ bytes: [UInt8]) throws(InvalidMessage) -> EraseRequest {
        let fields = try JSONFields(bytes)
        return EraseRequest(userID: try fields.userID(), reason: try fields.optionalText("reason", maximumBytes: 256))
    }

    public func encode() -> [UInt8] {
        JSONWriter.object { json in
            json.field("user_id", userID.rawValue)
            json.field("reason", ifPresent: reason)
        }
    }
}
