/// W3C trace context, level 1, as it travels in message headers.
public struct TraceContext: Hashable, Sendable {
    public let traceparent: String
    public let tracestate: String?

    /// Nil for a `traceparent` that the W3C recommendation calls invalid: it is ignored, and a new trace begins. A
    /// `tracestate` that is too long or not printable ASCII is dropped alone.
    public init?(traceparent: String, tracestate: String? = nil) {
        let fields = traceparent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard traceparent.utf8.count <= 256, fields.count >= 4,
            Self.isLowerHex(fields[0], 2), !fields[0].elementsEqual("ff".utf8),
            Self.isLowerHex(fields[1], 32), fields[1].contains(where: { $0 != UInt8(ascii: "0") }),
            Self.isLowerHex(fields[2], 16), fields[2].contains(where: { $0 != UInt8(ascii: "0") }),
            Self.isLowerHex(fields[3], 2),
            fields.count == 4 || !fields[0].elementsEqual("00".utf8)
        else { return nil }
        self.traceparent = traceparent
        self.tracestate = tracestate.flatMap { Self.isAcceptable(tracestate: $0) ? $0 : nil }
    }

    private static func isLowerHex(_ field: Substring.UTF8View, _ count: Int) -> Bool {
        field.count == count
            && field.allSatisfy {
                Hexadecimal.value($0) != nil && !(UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0)
            }
    }

    private static func isAcceptable(tracestate: String) -> Bool {
        let bytes = tracestate.utf8
        return (1...512).contains(bytes.count) && bytes.allSatisfy { (0x20...0x7E).contains($0) }
            && bytes.split(separator: UInt8(ascii: ",")).count <= 32
    }
}
