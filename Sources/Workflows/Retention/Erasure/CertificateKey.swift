import AuditTrail
import Bootstrap
import Crypto
import FoundationEssentials
import Privacy

extension SettingsReader {
    /// The key that signs certificates of erasure: `AUDIT_SIGNING_KEY`. Where it is not set, one is derived from the first
    /// `ENCRYPTION_KEY` (HKDF, RFC 5869), so that no erasure goes without proof; such a proof is only as good as that key is
    /// kept. Nil together with a fault.
    mutating func certificateKeys() -> AuditKeys? {
        if text("AUDIT_SIGNING_KEY") != nil { return auditKeys() }
        guard let secret = text("ENCRYPTION_KEY")?.split(separator: ",").first else {
            fault(
                "AUDIT_SIGNING_KEY", "is not set; expected base64 of 32 bytes, such as `openssl rand -base64 32` makes")
            return nil
        }
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(secret.utf8)), info: Data("repazoo erasure certificate".utf8),
            outputByteCount: 32)
        return try? AuditKeys(SecretString(derived.withUnsafeBytes { Data($0) }.base64EncodedString()))
    }
}
