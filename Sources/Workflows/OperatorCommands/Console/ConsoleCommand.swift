import ArgumentParser
import EventLoop
import Glibc
import Passwords
import Privacy

struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Prepares the web console.", subcommands: [ConsoleHashCommand.self])
}

struct ConsoleHashCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash", abstract: "Makes an entry of CONSOLE_USERS from a password.",
        discussion: """
            Reads the password from standard input, without showing it when that is a terminal, and prints one line. Put such lines \
            into the file that CONSOLE_USERS_FILE names.

              repazoo console hash --name ada --role privacy_officer >>console-users
            """)

    enum Role: String, ExpressibleByArgument, CaseIterable {
        case viewer, `operator`
        case privacyOfficer = "privacy_officer"
    }

    @Option(help: "Who signs in.") var name: String
    @Option(help: "What they may do: viewer, operator (dead letters, schedules) or privacy_officer (people).") var role:
        Role

    func validate() throws {
        guard (1...64).contains(name.utf8.count), !name.contains(where: { $0 == ":" || $0 == ";" || $0.isWhitespace })
        else { throw ValidationError("--name: 1 to 64 characters without white space, : and ;") }
    }

    func run() async throws {
        try await CommandRun.carryOut { output in
            guard let password = try await Self.password(output), password.reveal().utf8.count >= 12 else {
                throw CommandFault("a password has at least 12 characters; give it on standard input", .usage)
            }
            output.answer("\(name):\(role.rawValue):\(try await PasswordHash.make(of: password).text)")
            return .done
        }
    }

    /// One line; a terminal does not show it.
    private static func password(_ output: CommandOutput) async throws -> SecretString? {
        let isTerminal = isatty(STDIN_FILENO) == 1
        if isTerminal { output.tell("password: ") }
        return try await BlockingThread.run(name: "password") {
            guard isTerminal else { return readLine().map { SecretString($0) } }
            var shown = termios()
            tcgetattr(STDIN_FILENO, &shown)
            var hidden = shown
            hidden.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSANOW, &hidden)
            defer { tcsetattr(STDIN_FILENO, TCSANOW, &shown) }
            return readLine().map { SecretString($0) }
        }
    }
}
