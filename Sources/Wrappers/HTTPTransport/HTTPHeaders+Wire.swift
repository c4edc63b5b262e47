extension HTTPHeaders {
    /// The transport frames the message; a field of these from outside could end it early and smuggle another request in.
    private static let reserved: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "expect", "te", "trailer", "upgrade",
        "proxy-connection", "accept-encoding",
    ]

    /// The fields as libcurl wants them. Refuses what would break out of its line (RFC 9110 §5.5).
    func wireLines(host: String) throws(HTTPError) -> [String] {
        var lines: [String] = []
        for field in fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isTokenByte) else {
                throw HTTPError(.invalidRequest, host: host, reason: "a header name has a forbidden character")
            }
            guard !Self.reserved.contains(field.name.lowercased()) else {
                throw HTTPError(
                    .invalidRequest, host: host, reason: "the transport sets the header \(field.name) itself")
            }
            guard field.value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
                throw HTTPError(
                    .invalidRequest, host: host, reason: "the value of the header \(field.name) has a control character"
                )
            }
            let isBlank = field.value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            // To libcurl "Name:" means "leave it out"; an empty value is "Name;".
            lines.append(isBlank ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        return lines
    }

    /// RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
