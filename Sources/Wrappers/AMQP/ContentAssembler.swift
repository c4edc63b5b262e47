/// Puts a message together from its method, header and body frames (AMQP 0-9-1 §4.2.6). Pure; frames go in, contents come out.
struct ContentAssembler {
    /// What the method frame said about the content that follows.
    enum Origin {
        case delivery(tag: UInt64, isRedelivered: Bool, exchange: String, routingKey: String)
        case got(tag: UInt64, isRedelivered: Bool, exchange: String, routingKey: String)
        case returned(code: UInt16, exchange: String, routingKey: String)
    }

    struct Content {
        let origin: Origin
        let properties: AMQPProperties
        let body: [UInt8]
    }

    struct OutOfOrder: Error {}

    /// A body larger than this is no message of ours; the connection is given up rather than memory filled.
    static let maxBody: UInt64 = 128 << 20

    private var origin: Origin?
    private var properties: AMQPProperties?
    private var body: [UInt8] = []
    private var missing: UInt64 = 0

    mutating func begin(_ origin: Origin) throws {
        guard self.origin == nil else { throw OutOfOrder() }
        self.origin = origin
    }

    mutating func header(_ properties: AMQPProperties, bodySize: UInt64) throws -> Content? {
        guard origin != nil, self.properties == nil, bodySize <= Self.maxBody else { throw OutOfOrder() }
        self.properties = properties
        missing = bodySize
        body = []
        body.reserveCapacity(Int(bodySize))
        return missing == 0 ? finish() : nil
    }

    mutating func fragment(_ bytes: UnsafeRawBufferPointer) throws -> Content? {
        guard properties != nil, UInt64(bytes.count) <= missing else { throw OutOfOrder() }
        body.append(contentsOf: bytes)
        missing -= UInt64(bytes.count)
        return missing == 0 ? finish() : nil
    }

    private mutating func finish() -> Content? {
        defer {
            origin = nil
            properties = nil
            body = []
        }
        guard let origin, let properties else { return nil }
        return Content(origin: origin, properties: properties, body: body)
    }
}
