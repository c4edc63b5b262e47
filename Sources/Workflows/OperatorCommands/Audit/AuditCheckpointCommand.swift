import ArgumentParser
import AuditTrail
import Bootstrap
import FoundationEssentials

struct AuditCheckpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Signs how far every chain has got, and prints the statement.",
        discussion: """
            Prints the last one again when nothing was audited since. What it costs depends on what is new, not on what there is. \
            Keep the output where nobody who runs the database can change it: it proves later that nothing before it was changed \
            or cut off.

              repazoo audit checkpoint > /elsewhere/$(date -I).checkpoint

            Reads DATABASE_URL and AUDIT_SIGNING_KEY (base64 of 32 bytes; a comma-separated list rotates: the first signs).
            """)

    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            var reader = SettingsReader()
            let servers = CommandServers.read([.postgres], &reader)
            let keys = reader.auditKeys()
            if keys == nil { _ = reader.required("AUDIT_SIGNING_KEY", "expected base64 of 32 bytes") }
            try reader.finish()
            guard let keys else { throw CommandFault("AUDIT_SIGNING_KEY is not set", .configuration) }
            let outcome = try await CommandServers.withPatientPool(try servers.needed(\.postgres, "DATABASE_URL")) {
                do { return try await AuditCheckpoints(postgres: $0, keys: keys).make(at: Date()) } catch {
                    guard let fault = error as? CheckpointFault else { throw error }
                    throw CommandFault("\(fault)")
                }
            }
            return Self.tell(outcome, isJSON: json, output)
        }
    }

    private static func tell(
        _ outcome: AuditCheckpoints.Outcome, isJSON: Bool, _ output: CommandOutput
    ) -> Bootstrap.ExitCode {
        switch outcome {
        case .empty:
            output.tell("nothing was audited yet: there is nothing to sign")
            return .notSo
        case .unchanged(let signed), .made(let signed):
            if case .unchanged = outcome { output.tell("nothing was audited since this one") }
            if isJSON {
                output.answer(
                    JSON.object([
                        .init("number", JSON(count: signed.checkpoint.number)),
                        .init("entries", JSON(count: signed.checkpoint.entries)),
                        .init("chains", JSON(count: signed.checkpoint.chains)),
                        .init("key_id", .string(signed.keyID)), .init("text", .string(signed.text)),
                    ]).serialized())
            } else {
                output.answer(String(signed.text.dropLast()))
            }
            return .done
        }
    }
}
