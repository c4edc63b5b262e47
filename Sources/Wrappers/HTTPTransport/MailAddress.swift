/// `name@host`, or `Shown Name <name@host>`.
struct MailAddress {
    /// Without angle brackets, ASCII, nothing that could end an SMTP command or a header.
    let address: String
    let name: String

    init(_ text: String) throws(HTTPError) {
        let bytes = Array(text.utf8)
        if let open = bytes.lastIndex(of: UInt8(ascii: "<")) {
            guard bytes.last == UInt8(ascii: ">") else { throw Self.refused }
            address = String(decoding: bytes[(open + 1)..<(bytes.count - 1)], as: UTF8.self)
            var shown = bytes[..<open]
            while shown.last == 0x20 { shown = shown.dropLast() }
            if shown.count >= 2, shown.first == UInt8(ascii: "\""), shown.last == UInt8(ascii: "\"") {
                shown = shown.dropFirst().dropLast()
            }
            name = String(decoding: shown, as: UTF8.self)
        } else {
            address = text
            name = ""
        }
        guard Self.isPlain(address) else { throw Self.refused }
        _ = try MailText.oneLine(name, what: "a shown name")
    }

    /// As it stands in `From` and `To` (RFC 5322 §3.4). The name is always an encoded word: nothing in it can act as syntax.
    var field: String {
        name.isEmpty ? address : "\(MailText.encodedWords(name)) <\(address)>"
    }

    private static let refused = HTTPError(
        .invalidRequest, reason: "a mail address must be name@host in plain ASCII, or Shown Name <name@host>")

    /// A dot-atom on the left, a host name or literal on the right (RFC 5321 §4.1.2); quoted local parts are not taken.
    private static func isPlain(_ address: String) -> Bool {
        let sides = address.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard sides.count == 2, (1...64).contains(sides[0].count), (1...253).contains(sides[1].count) else {
            return false
        }
        let forbidden = Set("()<>[]:;,\\\"".utf8)
        return sides[0].allSatisfy { (0x21...0x7E).contains($0) && !forbidden.contains($0) }
            && sides[1].allSatisfy { isHostByte($0) }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }
}
