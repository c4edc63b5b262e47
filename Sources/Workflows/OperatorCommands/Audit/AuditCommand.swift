import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Proves that the audit trail is whole, or says where it is not.",
        discussion: """
            Every change has its entry; the entries of one user are a chain of hashes. A checkpoint states how far all chains had \
            got, and is signed with a key that the database does not have. repazoo-monitor makes one with each tick when it has \
            AUDIT_SIGNING_KEY; keep copies of some where nobody who runs the database can reach them.

              openssl rand -base64 32 > /run/secrets/audit_signing_key     once; AUDIT_SIGNING_KEY_FILE names it
              repazoo audit key                                            its public half, for whoever checks
              repazoo audit checkpoint > /elsewhere/2026-11-24.checkpoint  one more, out of turn
              repazoo audit verify --checkpoint /elsewhere/2026-11-24.checkpoint
            """,
        subcommands: [
            AuditVerifyCommand.self, AuditCheckpointCommand.self, AuditKeyCommand.self, AuditReplayErasures.self,
        ])
}
