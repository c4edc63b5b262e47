/// The body of one message type: strict in what it reads, byte for byte the same in what it writes.
///
/// Reading accepts one JSON object in UTF-8 of at most 64 KiB and ignores fields it does not know. `Codable` is left out on
/// purpose: it would be a second, laxer way in.
public protocol MessageBody: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    static var messageType: MessageType { get }

    static func decode(_ bytes: [UInt8]) throws(InvalidMessage) -> Self
    func encode() -> [UInt8]
}

/// A body prints as its type and nothing else: its fields are about a person.
extension MessageBody {
    public var description: String { Self.messageType.rawValue }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A body that asks for work for one user, published to `ExchangeName.requests`.
public protocol RequestBody: MessageBody {
    static var routingKey: RoutingKey { get }
    var userID: UserID { get }
}
