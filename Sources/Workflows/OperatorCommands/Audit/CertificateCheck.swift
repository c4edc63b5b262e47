import Bootstrap
import FoundationEssentials
import Retention

/// Checks a certificate of erasure, offline: the signature, that nothing is left that no hold explains, and whether it is about a
/// user and by a key that one knows.
struct CertificateCheck {
    let path: String
    /// Whom it should be about; nil = whoever it is about.
    var user: String?
    /// The public keys that may have signed it, base64; nil = only say which one did.
    var publicKeys: [String]?
    let output: CommandOutput

    func run() throws(CommandFault) -> Bootstrap.ExitCode {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw CommandFault("\(path) cannot be read", .usage)
        }
        let reading: ErasureCertificate.Reading
        do throws(ErasureCertificate.Unreadable) { reading = try ErasureCertificate.read(Array(data)) } catch {
            throw CommandFault("\(path): \(error)")
        }
        var faults: [String] = []
        if !reading.isSignatureGood {
            faults.append("its signature is wrong: it was changed, or never signed by this key")
        }
        if let publicKeys, !publicKeys.contains(reading.publicKey) {
            faults.append("another key signed it than those of AUDIT_PUBLIC_KEY or AUDIT_SIGNING_KEY")
        }
        if let user, !reading.isAbout(user) { faults.append("it is about somebody else") }
        for table in reading.unexplained {
            faults.append(
                "\(Plain.line(table.table)): \(table.after) of \(table.before) are left, and no hold kept them")
        }
        for fault in faults { output.answer("✗ \(fault)") }
        guard faults.isEmpty else { return .notSo }
        output.answer(
            "✓ certificate \(Plain.line(reading.id)): \(reading.rows) rows erased by \(Plain.line(reading.completedAt))"
        )
        if !reading.withheld.isEmpty {
            output.answer("  withheld under a legal hold: \(Plain.line(reading.withheld.joined(separator: ", ")))")
        }
        output.answer(
            "  signed by \(Plain.line(reading.publicKey))"
                + (publicKeys == nil ? "; compare it with the key you know" : ""))
        return .done
    }
}
