import ArgumentParser
import Bootstrap
import Contracts
import FoundationEssentials
import Postgres

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "What is known of one user.", subcommands: [UserShowCommand.self])
}

struct UserShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows consent, subscription, and what is held of a user and until when.",
        discussion: """
            Names and addresses are masked, and no text of theirs is shown: for that there is `repazoo publish export`. \
            Exits 1 when there is no such user. Reads DATABASE_URL.

              repazoo user show user-123456
            """)

    @Argument(help: "The user's id.", transform: Self.user) var id: UserID
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let servers = try CommandServers.read([.postgres], environment: ProcessInfo.processInfo.environment)
            return try await CommandServers.withPool(try servers.needed(\.postgres, "DATABASE_URL")) { pool in
                guard let portrait = try await UserPortrait.read(id, pool, now: Date()) else {
                    throw CommandFault("there is no user \(id)")
                }
                if json {
                    output.answer(portrait.json.serialized())
                } else {
                    portrait.lines.forEach(output.answer)
                }
                return .done
            }
        }
    }

    private static func user(_ text: String) throws -> UserID {
        guard let user = UserID(text) else { throw ValidationError("an id has 1 to 128 bytes without white space") }
        return user
    }
}
