public import FoundationEssentials

/// A header's value as far as this project reads headers.
public enum HeaderValue: Hashable, Sendable {
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case time(Date)
    /// A table, an array, raw bytes: passed on, never read.
    case other
}

/// What a transport knows of a message apart from its body, unchecked. `Envelope.check` makes sense of it.
public struct MessageProperties: Sendable {
    public var messageID: String?
    public var type: String?
    public var contentType: String?
    public var contentEncoding: String?
    public var correlationID: String?
    public var appID: String?
    public var timestamp: Date?
    public var headers: [String: HeaderValue]
    public var routingKey: String

    public init(
        messageID: String? = nil, type: String? = nil, contentType: String? = nil, contentEncoding: String? = nil,
        correlationID: String? = nil, appID: String? = nil, timestamp: Date? = nil,
        headers: [String: HeaderValue] = [:],
        routingKey: String
    ) {
        self.messageID = messageID
        self.type = type
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.correlationID = correlationID
        self.appID = appID
        self.timestamp = timestamp
        self.headers = headers
        self.routingKey = routingKey
    }
}
