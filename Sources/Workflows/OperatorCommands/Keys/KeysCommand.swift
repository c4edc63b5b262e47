import ArgumentParser
import Bootstrap
import TokenVault

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Makes keys, and puts stored tokens under a new one.",
        discussion:
            "A key encrypts the users' tokens in the database; every program that touches them needs the same one.",
        subcommands: [Generate.self, Rotate.self])

    struct Generate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a new key for ENCRYPTION_KEY.",
            discussion: """
                The key (Fernet: url-safe base64 of 32 random bytes) encrypts the users' tokens. Keep it where secrets are \
                kept; whoever loses it loses the tokens.

                  umask 077; repazoo keys generate > /run/secrets/encryption_key
                  export ENCRYPTION_KEY_FILE=/run/secrets/encryption_key
                """)

        func run() async throws { CommandOutput.terminal.answer(FernetKey.generate()) }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts every stored token under the first key of ENCRYPTION_KEY.",
            discussion: """
                To change the key while everything runs:

                  1. ENCRYPTION_KEY="<new>,<old>" for every program, and restart them: the first encrypts, all decrypt
                  2. ENCRYPTION_KEY="<new>,<old>" repazoo keys rotate      until it says that nothing is left
                  3. ENCRYPTION_KEY="<new>" for every program, and restart them

                It may be broken off and run again, and never holds rows for long. Exits 1 when rows are left, or cannot be \
                read with any key. Reads DATABASE_URL and ENCRYPTION_KEY.
                """)

        @Flag(help: "Count what would change, and change nothing.") var dryRun = false
        @Flag(help: "For scripts.") var json = false

        func run() async throws { try await CommandRun.carryOut { try await rotate($0) } }

        private func rotate(_ output: CommandOutput) async throws -> Bootstrap.ExitCode {
            var reader = SettingsReader()
            let servers = CommandServers.read([.postgres], &reader)
            let vault = reader.tokenVault()
            try reader.finish()
            guard let vault else { throw CommandFault("ENCRYPTION_KEY is not set", .configuration) }
            let tell = json ? output.quiet().tell : output.tell
            let report = try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                try await KeyRotation(postgres: pool, vault: vault, isDryRun: dryRun, tell: tell).run()
            }
            return Self.tell(report, isDryRun: dryRun, json: json, output)
        }

        private static func tell(
            _ report: KeyRotation.Report, isDryRun: Bool, json: Bool, _ output: CommandOutput
        ) -> Bootstrap.ExitCode {
            if json {
                output.answer(
                    JSON.object([
                        .init("rows", JSON(count: report.rows)), .init("rotated", JSON(count: report.rotated)),
                        .init("left", JSON(count: report.left)),
                        .init("unreadable", .array(report.unreadable.map { .string($0) })),
                    ]).serialized())
            } else {
                output.answer(
                    "\(Plain.count(report.rows, "row")): \(report.rotated) \(isDryRun ? "would be " : "")put under the first key"
                )
                if report.left > 0 {
                    output.answer("\(report.left) left: they changed or were being refreshed meanwhile; run it again")
                }
                for id in report.unreadable.prefix(20) {
                    output.answer("row \(id): under no key of ENCRYPTION_KEY, or damaged; its user has to consent anew")
                }
            }
            return report.left == 0 && report.unreadable.isEmpty ? .done : .notSo
        }
    }
}
