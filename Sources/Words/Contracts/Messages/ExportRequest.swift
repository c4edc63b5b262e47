/// Hand a user everything that is held about them.
public struct ExportRequest: RequestBody {
    public static let messageType = MessageType.export
    public static let routingKey = RoutingKey.export

    public let userID: UserID
    /// Who asked, for the audit trail: 1 to 256 bytes without control characters. May be personal; never log it.
    public let requestedBy: String?

    /// A `requestedBy` that `decode` would refuse makes a message that ends as a dead letter.
    public init(userID: UserID, requestedBy: String? = nil) {
        self.userID = userID
        self.requestedBy = requestedBy
    }

    public static func decode(_ bytes: [UInt8]) throws(InvalidMessage) -> ExportRequest {
        let fields = try JSONFields(bytes)
        return ExportRequest(
            userID: try fields.userID(), requestedBy: try fields.optionalText("requested_by", maximumBytes: 256))
    }

    public func encode() -> [UInt8] {
        JSONWriter.object { json in
            json.field("user_id", userID.rawValue)
            json.field("requested_by", ifPresent: requestedBy)
        }
    }
}
