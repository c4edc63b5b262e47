/// A URL taken apart and put together again in AWS's own percent-encoding, so that what is signed is what is sent.
///
/// Every byte except `A-Z a-z 0-9 - _ . ~` is encoded, in the path also not `/`. A "+" in the query means a plus sign.
struct AWSCanonicalURL {
    let origin: String
    let authority: String
    let path: String
    private(set) var query: [(name: String, value: String)] = []

    init(_ url: String) throws(HTTPError) {
        let parsed = try RequestURL(url)
        guard parsed.user == nil, parsed.password == nil, parsed.scheme == "https" || parsed.scheme == "http" else {
            throw HTTPError(
                .invalidRequest, host: parsed.host, reason: "only http and https without user can be signed")
        }
        origin = "\(parsed.scheme)://\(parsed.authority)"
        authority = parsed.authority
        path = Self.encoded(try Self.decoded(parsed.path, parsed.host), keepsSlash: true)
        for pair in (parsed.query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(String(Substring(parts[0])), parsed.host)
            let value = parts.count > 1 ? try Self.decoded(String(Substring(parts[1])), parsed.host) : []
            query.append((Self.encoded(name), Self.encoded(value)))
        }
    }

    mutating func add(_ name: String, _ value: String) {
        query.append((Self.encoded(Array(name.utf8)), Self.encoded(Array(value.utf8))))
    }

    /// Sorted by encoded name, then value, by bytes.
    var canonicalQuery: String {
        query.sorted { a, b in
            a.name == b.name
                ? a.value.utf8.lexicographicallyPrecedes(b.value.utf8)
                : a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
        }.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    var text: String { origin + path + (query.isEmpty ? "" : "?\(canonicalQuery)") }

    /// S3 signs the path encoded once, every other service encoded twice (SigV4, "create a canonical request").
    func canonicalPath(service: String) -> String {
        service == "s3" ? path : Self.encoded(Array(path.utf8), keepsSlash: true)
    }

    static func encoded(_ bytes: [UInt8], keepsSlash: Bool = false) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                output.append(byte)
            case UInt8(ascii: "/") where keepsSlash: output.append(byte)
            default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func decoded(_ text: String, _ host: String) throws(HTTPError) -> [UInt8] {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < bytes.count, let high = nibble(bytes[index + 1]), let low = nibble(bytes[index + 2])
                else {
                    throw HTTPError(.invalidRequest, host: host, reason: "a broken percent-encoding in the URL")
                }
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return output
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
