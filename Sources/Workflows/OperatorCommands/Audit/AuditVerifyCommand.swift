import ArgumentParser
import AuditTrail
import Bootstrap
import Contracts
import FoundationEssentials

struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Finds every entry that was changed, removed, reordered or cut off.",
        discussion: """
            Makes all hashes anew and follows each chain from its first entry to its last; compares them with the heads that the \
            checkpoints saw, and the checkpoints with their signatures. Changes nothing, and takes the same memory however much \
            there is. Exits 1 when something does not fit.

              repazoo audit verify
              repazoo audit verify --user user-123456
              repazoo audit verify --checkpoint /elsewhere/2026-11-24.checkpoint
              repazoo audit verify --certificate certificate.json

            Reads DATABASE_URL, and AUDIT_PUBLIC_KEY or AUDIT_SIGNING_KEY: without a key signatures are not checked, and that is \
            told. What no checkpoint covers yet could be cut off without a trace: that is counted.
            """)

    @Option(help: "Only this user's entries.", transform: Self.user) var user: UserID?
    @Option(help: "A copy of a checkpoint that was kept elsewhere.") var checkpoint: String?
    @Option(help: "Instead: a certificate of erasure, checked offline; with --user, whether it is about that user.")
    var certificate: String?
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            var reader = SettingsReader()
            if let certificate {
                let keys = reader.auditPublicKeys()
                try reader.finish()
                return try CertificateCheck(
                    path: certificate, user: user?.rawValue, publicKeys: keys?.texts, output: output
                ).run()
            }
            let servers = CommandServers.read([.postgres], &reader)
            let keys = reader.auditPublicKeys()
            try reader.finish()
            let copy = try checkpoint.map { try Self.read($0) }
            let quiet = json
            let report = try await CommandServers.withPatientPool(try servers.needed(\.postgres, "DATABASE_URL")) {
                try await AuditVerifier(postgres: $0, keys: keys).verify(user: user, copy: copy) { count in
                    if !quiet { output.tell("\(count) entries read") }
                }
            }
            let words = AuditReportText(report: report, isOneUser: user != nil, hasCopy: copy != nil)
            if json { output.answer(words.json.serialized()) } else { words.lines.forEach(output.answer) }
            return report.isSound ? .done : .notSo
        }
    }

    private static func read(_ path: String) throws(CommandFault) -> SignedCheckpoint {
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count < 4096,
            let text = String(validating: data, as: UTF8.self), let copy = SignedCheckpoint(text: text)
        else {
            throw CommandFault(
                "--checkpoint: \(path) is no checkpoint; it must be what `repazoo audit checkpoint` printed, to the letter",
                .usage)
        }
        return copy
    }

    private static func user(_ text: String) throws -> UserID {
        guard let user = UserID(text) else { throw ValidationError("--user: 1 to 128 bytes without white space") }
        return user
    }
}
