extension Publication {
    /// What librabbitmq would find out in the middle of sending, when only the end of the connection helps, or not at all: it
    /// cuts the length of a table's name to eight bits (AMQP 0-9-1 §4.2.5: short strings have at most 255 bytes).
    func validate() throws(AMQPError) {
        let texts = [
            exchange, routingKey, properties.contentType, properties.contentEncoding, properties.correlationID,
            properties.replyTo, properties.expiration, properties.messageID, properties.type, properties.appID,
        ]
        guard texts.allSatisfy({ ($0?.utf8.count ?? 0) <= 255 }) else {
            throw AMQPError(.invalidMessage, "a name or property of the message is longer than 255 bytes")
        }
        guard let size = AMQPFieldValue.wireSize(properties.headers), size <= Self.maxHeaders else {
            throw AMQPError(
                .invalidMessage, "the message's headers do not fit: 96 KiB together, 255 bytes a name, 32 levels")
        }
        guard UInt64(body.count) <= ContentAssembler.maxBody else {
            throw AMQPError(.invalidMessage, "the message's body is larger than 128 MiB")
        }
    }

    /// Headers and the other properties (10 of 255 bytes) share one frame of 128 KiB.
    private static let maxHeaders = 96 << 10
}

extension AMQPFieldValue {
    /// An upper bound of the encoded size; nil for what cannot be encoded.
    static func wireSize(_ table: AMQPTable, depth: Int = 0) -> Int? {
        guard depth < 32 else { return nil }
        var size = 4
        for (name, value) in table {
            guard name.utf8.count <= 255, let rest = value.wireSize(depth: depth) else { return nil }
            size += 1 + name.utf8.count + rest
        }
        return size
    }

    private func wireSize(depth: Int) -> Int? {
        switch self {
        case .boolean, .integer, .number, .timestamp, .null: return 9
        case .string(let text): return 5 + text.utf8.count
        case .bytes(let bytes): return 5 + bytes.count
        case .table(let table): return AMQPFieldValue.wireSize(table, depth: depth + 1).map { 1 + $0 }
        case .array(let values):
            guard depth < 32 else { return nil }
            var size = 5
            for value in values {
                guard let rest = value.wireSize(depth: depth + 1) else { return nil }
                size += rest
            }
            return size
        }
    }
}
