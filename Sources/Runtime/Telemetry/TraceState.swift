/// The members of `tracestate`: at most 32 `key=value` pairs of other tracing systems, passed on as they came.
public struct TraceState: Sendable, Hashable {
    public struct Member: Sendable, Hashable {
        public let key: String
        public let value: String
    }

    public let members: [Member]

    public init() { members = [] }

    /// Nil if any member is malformed, a key stands twice or there are more than 32: the whole header is then dropped
    /// (W3C Trace Context §3.3.1). Empty members are allowed and vanish.
    public init?(parsing header: String) {
        var members: [Member] = []
        for part in header.utf8.split(separator: UInt8(ascii: ",")) {
            let bytes = Array(part.drop(while: Self.isBlank).reversed().drop(while: Self.isBlank).reversed())
            if bytes.isEmpty { continue }
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")), Self.isKey(bytes[..<equals]),
                Self.isValue(bytes[(equals + 1)...])
            else { return nil }
            let key = String(decoding: bytes[..<equals], as: UTF8.self)
            guard !members.contains(where: { $0.key == key }), members.count < 32 else { return nil }
            members.append(Member(key: key, value: String(decoding: bytes[(equals + 1)...], as: UTF8.self)))
        }
        self.members = members
    }

    public var text: String { members.map { "\($0.key)=\($0.value)" }.joined(separator: ",") }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// `vendor`, or `tenant@vendor` with at most 241 and 14 characters. A tenant may begin with a digit, a vendor may not.
    private static func isKey(_ key: ArraySlice<UInt8>) -> Bool {
        let parts = key.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isName(parts[0], limit: 256, mayBeginWithDigit: false)
        case 2:
            return isName(parts[0], limit: 241, mayBeginWithDigit: true)
                && isName(parts[1], limit: 14, mayBeginWithDigit: false)
        default: return false
        }
    }

    private static func isName(_ name: ArraySlice<UInt8>, limit: Int, mayBeginWithDigit: Bool) -> Bool {
        guard let first = name.first, name.count <= limit else { return false }
        let isLower = { (byte: UInt8) in (0x61...0x7A).contains(byte) }
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard isLower(first) || (mayBeginWithDigit && isDigit(first)) else { return false }
        return name.allSatisfy { isLower($0) || isDigit($0) || "_-*/".utf8.contains($0) }
    }

    private static func isValue(_ value: ArraySlice<UInt8>) -> Bool {
        (1...256).contains(value.count) && value.last != 0x20
            && value.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ",") }
    }
}
