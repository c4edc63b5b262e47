import Crypto
import FoundationEssentials
public import Privacy

/// The Ed25519 key that signs checkpoints and certificates, from `AUDIT_SIGNING_KEY`: base64 of the 32 bytes of its seed
/// (RFC 8032, https://www.rfc-editor.org/rfc/rfc8032). It belongs to nobody who can write to the database's tables at will.
///
/// A comma-separated list rotates: the first signs, all verify.
public struct AuditKeys: Sendable {
    private let signing: Curve25519.Signing.PrivateKey
    /// To verify by; may be known to everybody.
    public let publicKeys: AuditPublicKeys

    public init(_ text: SecretString) throws(AuditKeyFault) {
        let seeds = try text.withValue { AuditPublicKeys.list($0) }.map { seed throws(AuditKeyFault) in
            guard let bytes = AuditPublicKeys.bytes(seed),
                let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
            else { throw AuditKeyFault.noKey }
            return key
        }
        guard let first = seeds.first else { throw .noKey }
        signing = first
        publicKeys = AuditPublicKeys(seeds.map(\.publicKey))
    }

    /// Tells which key signed.
    public var keyID: String { AuditPublicKeys.id(of: signing.publicKey) }

    /// 64 bytes. Signing the same bytes again may give another signature, as valid.
    public func signature(of bytes: [UInt8]) -> [UInt8] {
        // It fails only without a source of randomness, and then nothing else works either.
        (try? signing.signature(for: bytes)).map { Array($0) } ?? []
    }
}

/// The public halves, from `AUDIT_PUBLIC_KEY` (comma-separated base64 of 32 bytes each) or from `AuditKeys`.
public struct AuditPublicKeys: Sendable {
    private let keys: [(id: String, key: Curve25519.Signing.PublicKey)]

    public init(_ text: String) throws(AuditKeyFault) {
        var found: [Curve25519.Signing.PublicKey] = []
        for part in Self.list(text) {
            guard let bytes = Self.bytes(part), let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
            else { throw .noKey }
            found.append(key)
        }
        guard !found.isEmpty else { throw .noKey }
        self.init(found)
    }

    init(_ keys: [Curve25519.Signing.PublicKey]) { self.keys = keys.map { (Self.id(of: $0), $0) } }

    /// In base64, as `AUDIT_PUBLIC_KEY` takes them.
    public var texts: [String] { keys.map { $0.key.rawRepresentation.base64EncodedString() } }

    public func isValid(_ signature: [UInt8], of bytes: [UInt8], by keyID: String) -> Bool {
        keys.contains { $0.id == keyID && $0.key.isValidSignature(signature, for: bytes) }
    }

    /// The first 16 hexadecimal digits of the SHA-256 of the public key.
    static func id(of key: Curve25519.Signing.PublicKey) -> String {
        String(Hex.text(SHA256.hash(data: key.rawRepresentation)).prefix(16))
    }

    static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
    }

    /// Both alphabets of base64, so that `repazoo keys generate` and `openssl rand -base64 32` both make keys.
    static func bytes(_ text: String) -> [UInt8]? {
        let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        guard let data = Data(base64Encoded: String(standard)), data.count == 32 else { return nil }
        return Array(data)
    }
}

public enum AuditKeyFault: Error, CustomStringConvertible {
    case noKey

    public var description: String { "is not base64 of 32 bytes; `openssl rand -base64 32` makes a signing key" }
}
