public import FoundationEssentials

/// What the runtime knows of a message apart from its body, checked.
public struct Envelope: Equatable, Sendable {
    /// The idempotency key.
    public let messageID: MessageID
    public let type: MessageType
    /// Follows a request through all that it causes; the message id where the publisher gave none.
    public let correlationID: String
    public let timestamp: Date?
    public let appID: String?
    /// 1 on the first attempt.
    public let attempt: Int
    /// Until when the work may be put off; nil = the consumer's own bound.
    public let deadline: Date?
    /// What the header `repazoo-history` held, at most 8 KiB; a longer or ill-typed one is dropped.
    public let history: String?
    public let trace: TraceContext?
    public let routingKey: RoutingKey

    public init(
        messageID: MessageID, type: MessageType, correlationID: String? = nil, timestamp: Date? = nil,
        appID: String? = nil, attempt: Int = 1, deadline: Date? = nil, history: String? = nil,
        trace: TraceContext? = nil,
        routingKey: RoutingKey
    ) {
        self.messageID = messageID
        self.type = type
        self.correlationID = correlationID ?? messageID.rawValue
        self.timestamp = timestamp
        self.appID = appID
        self.attempt = attempt
        self.deadline = deadline
        self.history = history
        self.trace = trace
        self.routingKey = routingKey
    }

    /// Makes sense of `properties` for a consumer. A missing content type is taken for JSON, and any parameter of it
    /// (`; charset=utf-8`) is accepted, since the body is checked for UTF-8 anyway. A broken trace header starts a new
    /// trace and is no error.
    public static func check(
        _ properties: MessageProperties, for consumer: ConsumerName
    ) throws(InvalidMessage) -> Envelope {
        try checkContent(properties)
        return Envelope(
            messageID: try messageID(properties), type: try type(properties, consumer),
            correlationID: try shortText(properties.correlationID, "correlation_id"), timestamp: properties.timestamp,
            appID: try shortText(properties.appID, "app_id"), attempt: try attempt(properties.headers),
            deadline: try deadline(properties.headers), history: history(properties.headers),
            trace: trace(properties.headers), routingKey: RoutingKey(rawValue: properties.routingKey))
    }

    /// The attempt count is bounded so that adding one to it cannot overflow anywhere.
    static let attemptLimits = 1...1_000_000
    private static let historyBytes = 8 * 1024

    private static func checkContent(_ properties: MessageProperties) throws(InvalidMessage) {
        if let contentType = properties.contentType, contentType != "application/json", !contentType.isEmpty {
            let essence = contentType.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
            guard String(essence)?.lowercased() == "application/json" else {
                throw InvalidMessage(.property("content_type"), expected: "application/json")
            }
        }
        guard let encoding = properties.contentEncoding else { return }
        guard ["", "identity", "utf-8", "UTF-8"].contains(encoding) else {
            throw InvalidMessage(.property("content_encoding"), expected: "none: bodies are not compressed")
        }
    }

    private static func messageID(_ properties: MessageProperties) throws(InvalidMessage) -> MessageID {
        guard let text = properties.messageID, !text.isEmpty else {
            throw InvalidMessage(.property("message_id"), expected: "a UUID, which is missing")
        }
        guard let id = MessageID(text) else {
            throw InvalidMessage(.property("message_id"), expected: "a UUID other than the nil UUID")
        }
        return id
    }

    private static func type(
        _ properties: MessageProperties, _ consumer: ConsumerName
    ) throws(InvalidMessage) -> MessageType {
        guard let text = properties.type, consumer.acceptedTypes.contains(MessageType(rawValue: text)) else {
            let accepted = consumer.acceptedTypes.map(\.rawValue).joined(separator: " or ")
            throw InvalidMessage(.property("type"), expected: accepted)
        }
        return MessageType(rawValue: text)
    }

    private static func shortText(_ text: String?, _ name: String) throws(InvalidMessage) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard PlainText.isAcceptable(text, maximumBytes: 255) else {
            throw InvalidMessage(.property(name), expected: "at most 255 bytes without control characters")
        }
        return text
    }

    private static func attempt(_ headers: [String: HeaderValue]) throws(InvalidMessage) -> Int {
        guard let header = headers[HeaderName.attempt] else { return 1 }
        guard case .integer(let attempt) = header, attemptLimits.contains(attempt) else {
            throw InvalidMessage(.header(HeaderName.attempt), expected: "an integer from 1 to 1000000")
        }
        return attempt
    }

    private static func deadline(_ headers: [String: HeaderValue]) throws(InvalidMessage) -> Date? {
        switch headers[HeaderName.deadline] {
        case nil: return nil
        case .time(let time): return time
        case .string(let text):
            if let time = RFC3339.date(text) { return time }
            fallthrough
        default: throw InvalidMessage(.header(HeaderName.deadline), expected: "an RFC 3339 time in UTC")
        }
    }

    private static func history(_ headers: [String: HeaderValue]) -> String? {
        guard case .string(let text) = headers[HeaderName.history], text.utf8.count <= historyBytes else { return nil }
        return text
    }

    private static func trace(_ headers: [String: HeaderValue]) -> TraceContext? {
        guard case .string(let traceparent) = headers[HeaderName.traceparent] else { return nil }
        guard case .string(let tracestate) = headers[HeaderName.tracestate] else {
            return TraceContext(traceparent: traceparent)
        }
        return TraceContext(traceparent: traceparent, tracestate: tracestate)
    }
}
