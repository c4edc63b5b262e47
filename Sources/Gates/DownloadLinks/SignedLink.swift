public import Contracts
public import FoundationEssentials

/// A link that opens one thing, for one purpose, until one time, for whoever holds it: `/exports/<id>?expires=…&signature=…`.
///
/// `signature` is the unpadded URL-safe Base64 of HMAC-SHA256 over `repazoo-link:v1`, purpose, id and expiry (seconds since
/// 1970), each on a line of its own. Made and checked nowhere but here.
public struct SignedLink: Sendable, Equatable {
    /// What a link is for. A link for one is no link for another.
    public enum Purpose: String, CaseIterable, Sendable {
        case download = "export.download"
    }

    public enum Verdict: Equatable, Sendable {
        case valid
        /// It was once.
        case expired
        /// Made by somebody else, or for something else.
        case forged
    }

    public let id: MessageID
    public let expires: Date

    /// - Parameter expires: Cut to the whole second.
    public init(id: MessageID, expires: Date) {
        self.id = id
        self.expires = Date(timeIntervalSince1970: expires.timeIntervalSince1970.rounded(.down))
    }

    /// Path and query, to be put behind `PUBLIC_URL`.
    public func path(_ purpose: Purpose, _ keys: LinkKeys) -> String {
        let signature = Base64.encode(keys.code(of: text(purpose)))
        return "/exports/\(id.rawValue)?expires=\(seconds)&signature=\(signature)"
    }

    /// The one check. Nothing of a link is to be believed before it, not even that it has expired.
    public static func check(
        id: String, expires: String?, signature: String?, for purpose: Purpose, keys: LinkKeys, at now: Date
    ) -> (link: SignedLink?, verdict: Verdict) {
        guard let id = MessageID(id), let expires, let seconds = Int(expires), (0...253_402_300_799).contains(seconds),
            String(seconds) == expires, let code = signature.flatMap(Base64.decode), code.count == 32
        else { return (nil, .forged) }
        let link = SignedLink(id: id, expires: Date(timeIntervalSince1970: Double(seconds)))
        guard keys.isCode(code, of: link.text(purpose)) else { return (nil, .forged) }
        return (link, link.expires > now ? .valid : .expired)
    }

    private var seconds: Int { Int(expires.timeIntervalSince1970) }

    private func text(_ purpose: Purpose) -> String {
        ["repazoo-link:v1", purpose.rawValue, id.rawValue, String(seconds)].joined(separator: "\n")
    }
}

/// RFC 4648 §5 without padding, in its one form.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        String(
            Data(bytes).base64EncodedString().compactMap { letter in
                switch letter {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: letter
                }
            })
    }

    static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= 128, text.utf8.allSatisfy(isLetter) else { return nil }
        let standard = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: standard + padding).map(Array.init), encode(bytes) == text else {
            return nil
        }
        return bytes
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
