import ArgumentParser
import TokenVault

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Makes keys.",
        discussion:
            "A key encrypts the users' tokens in the database; every program that touches them needs the same one.",
        subcommands: [Generate.self])

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
}
