public import AuditTrail
import Privacy

extension SettingsReader {
    /// Reads `AUDIT_SIGNING_KEY`, by which checkpoints of the audit trail and certificates are signed; nil when it is not set, or
    /// together with a fault.
    public mutating func auditKeys() -> AuditKeys? {
        guard let text = text("AUDIT_SIGNING_KEY") else { return nil }
        do throws(AuditKeyFault) { return try AuditKeys(SecretString(text)) } catch {
            fault("AUDIT_SIGNING_KEY", "\(error)")
            return nil
        }
    }

    /// Reads `AUDIT_PUBLIC_KEY`, by which signatures are checked; without it the public half of `AUDIT_SIGNING_KEY`. Nil when
    /// neither is set, or together with a fault.
    public mutating func auditPublicKeys() -> AuditPublicKeys? {
        guard let text = text("AUDIT_PUBLIC_KEY") else { return auditKeys()?.publicKeys }
        do throws(AuditKeyFault) { return try AuditPublicKeys(text) } catch {
            fault("AUDIT_PUBLIC_KEY", "is not base64 of 32 bytes; `repazoo audit key` prints it")
            return nil
        }
    }
}
