/// Judge a user's stored tweets.
public struct AnalyzeRequest: RequestBody {
    public enum Kind: String, CaseIterable, Sendable {
        case sentiment
    }

    public static let messageType = MessageType.analyze
    public static let routingKey = RoutingKey.analyze

    public let userID: UserID
    public let kind: Kind

    public init(userID: UserID, kind: Kind = .sentiment) {
        self.userID = userID
        self.kind = kind
    }

    public static func decode(_ bytes: [UInt8]) throws(InvalidMessage) -> AnalyzeRequest {
        let fields = try JSONFields(bytes)
        return AnalyzeRequest(userID: try fields.userID(), kind: try fields.oneOf("kind", Kind.self) ?? .sentiment)
    }

    public func encode() -> [UInt8] {
        JSONWriter.object { json in
            json.field("user_id", userID.rawValue)
            json.field("kind", kind.rawValue)
        }
    }
}
