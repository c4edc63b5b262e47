import ArgumentParser
import Bootstrap

/// Runs a command's body and turns its end into an exit code, with the reason on standard error.
enum CommandRun {
    static func carryOut(
        output: CommandOutput = .terminal, _ body: (CommandOutput) async throws -> Bootstrap.ExitCode
    ) async throws(ArgumentParser.ExitCode) {
        let code = await outcome(output: output, body)
        if code != .done { throw ArgumentParser.ExitCode(code.rawValue) }
    }

    static func outcome(
        output: CommandOutput, _ body: (CommandOutput) async throws -> Bootstrap.ExitCode
    ) async -> Bootstrap.ExitCode {
        do {
            return try await body(output)
        } catch {
            let fault = CommandFault(error)
            output.tell("repazoo: \(fault)")
            return fault.code
        }
    }
}
