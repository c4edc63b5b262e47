public import AMQP
public import Contracts
public import FoundationEssentials

/// A stored dead letter on its way back to the queue it died in: the same message, with a fresh count of attempts.
///
/// It keeps id (so that receipts still protect), type, correlation id, trace and body. It goes straight to its work
/// queue, at the bottom of the delay ladder, and not to the exchange that others listen to. Publish it mandatory, with
/// a confirm.
public struct ReplayedMessage: Sendable {
    /// Why a letter cannot be sent again, in words for the operator that hold nothing of the letter.
    public struct Obstacle: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    public let publication: Publication
    public let queue: QueueName
    public let messageID: MessageID

    /// Takes a row of `dead_letters` and checks it again: others may write there, too.
    public init(
        queue: String, messageID: String?, body: String?, headers: String, isWhole: Bool, at now: Date
    ) throws(Obstacle) {
        guard let consumer = Self.consumer(ofQueue: queue) else {
            throw Obstacle(description: "its queue is not one of ours")
        }
        guard let id = messageID.flatMap({ MessageID($0) }) else {
            throw Obstacle(description: "it has no message id that is a UUID")
        }
        guard let stored = try? Contracts.JSONValue.object(parsing: Array(headers.utf8)) else {
            throw Obstacle(description: "its stored headers cannot be read")
        }
        guard let type = stored.text("type"), consumer.acceptedTypes.contains(MessageType(rawValue: type)) else {
            throw Obstacle(description: "\(consumer.program) takes no messages of its type")
        }
        guard let body else { throw Obstacle(description: "its body could not be stored") }
        guard isWhole, Self.isReadable(Array(body.utf8), MessageType(rawValue: type)) else {
            throw Obstacle(description: "its body is not one of type \(type); what is stored is a redacted remainder")
        }
        let route = DelayLadder.route(delaySeconds: 0, destination: consumer.queue)
        self.queue = consumer.queue
        self.messageID = id
        publication = Publication(
            exchange: route.exchange.rawValue, routingKey: route.routingKey.rawValue,
            properties: Self.properties(id, type, stored, consumer, now), body: Array(body.utf8))
    }

    /// The consumer of a work queue, also by the name of its dead-letter queue.
    public static func consumer(ofQueue name: String) -> ConsumerName? {
        ConsumerName.allCases.first { $0.queue.rawValue == name || $0.deadQueue.rawValue == name }
    }

    /// Attempt and deadline begin anew; what the broker and the dying consumer wrote stays behind.
    private static func properties(
        _ id: MessageID, _ type: String, _ stored: [String: Contracts.JSONValue], _ consumer: ConsumerName, _ now: Date
    ) -> AMQPProperties {
        var properties = AMQPProperties()
        properties.messageID = id.rawValue
        properties.type = type
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.correlationID = stored.text("correlation_id") ?? id.rawValue
        properties.appID = stored.text("app_id")
        properties.timestamp = stored.text("timestamp").flatMap { RFC3339.date($0) }.map {
            UInt64(max(0, $0.timeIntervalSince1970))
        }
        var trail = AttemptTrail(stored.text(HeaderName.history))
        trail.add(AttemptTrail.replayed, at: now)
        properties.headers[HeaderName.history] = .string(trail.text)
        properties.headers[HeaderName.origin] = .string(consumer.deadQueue.rawValue)
        if let parent = stored.text(HeaderName.traceparent),
            let trace = TraceContext(traceparent: parent, tracestate: stored.text(HeaderName.tracestate))
        {
            properties.headers[HeaderName.traceparent] = .string(trace.traceparent)
            if let state = trace.tracestate { properties.headers[HeaderName.tracestate] = .string(state) }
        }
        return properties
    }

    private static func isReadable(_ body: [UInt8], _ type: MessageType) -> Bool {
        let decoders: [MessageType: ([UInt8]) throws -> Any] = [
            .ingest: IngestRequest.decode, .analyze: AnalyzeRequest.decode, .export: ExportRequest.decode,
            .erase: EraseRequest.decode, .tick: Tick.decode, .event: Event.decode,
        ]
        return (try? decoders[type]?(body)) != nil
    }
}

extension [String: Contracts.JSONValue] {
    /// A property as it may be published again: at most 255 bytes, without control characters.
    fileprivate func text(_ name: String) -> String? {
        guard case .string(let text) = self[name], !text.isEmpty else { return nil }
        return HarmlessText.cleaned(text, maximumBytes: name == HeaderName.history ? 8192 : 255)
    }
}
