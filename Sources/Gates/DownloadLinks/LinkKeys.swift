import Crypto
import FoundationEssentials
public import Privacy

/// The keys that sign links: `EXPORT_SIGNING_KEY`, one or several with commas between them. The first signs, all verify, so that a
/// key can be changed while links are out.
public struct LinkKeys: Sendable {
    /// Shorter keys could be guessed.
    public static let minimumBytes = 16

    private let keys: [SymmetricKey]

    /// Nil when there is no key, or one is too short.
    public init?(_ list: SecretString) {
        let texts = list.withValue { $0.split(separator: ",", omittingEmptySubsequences: false).map { Array($0.utf8) } }
        guard !texts.isEmpty, texts.allSatisfy({ $0.count >= Self.minimumBytes }) else { return nil }
        keys = texts.map { SymmetricKey(data: $0) }
    }

    func code(of text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: keys[0]))
    }

    /// In the same time for every wrong code.
    func isCode(_ code: [UInt8], of text: String) -> Bool {
        keys.reduce(false) { found, key in
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(text.utf8), using: key) || found
        }
    }
}

extension LinkKeys: CustomStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
