import ArgumentParser
import Bootstrap

struct AuditKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Prints the public half of AUDIT_SIGNING_KEY, for AUDIT_PUBLIC_KEY.",
        discussion:
            "A line for each key of the list; the first signs. Whoever has it can check signatures, and make none.")

    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            var reader = SettingsReader()
            let keys = reader.auditKeys()
            try reader.finish()
            guard let keys else { throw CommandFault("AUDIT_SIGNING_KEY is not set", .configuration) }
            let texts = keys.publicKeys.texts
            if json {
                output.answer(
                    JSON.object([
                        .init("key_id", .string(keys.keyID)), .init("public_keys", .array(texts.map { .string($0) })),
                    ]).serialized())
            } else {
                texts.forEach(output.answer)
            }
            return .done
        }
    }
}
