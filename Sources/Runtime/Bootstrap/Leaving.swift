public import ArgumentParser
import Glibc

extension AsyncParsableCommand {
    /// Parses the command line, runs the command and ends the process, as `main()` does, but without the exit handlers of C libraries.
    ///
    /// A thread of ours may still be inside libpq or libcurl then: a connection that was being opened when SIGTERM came. `exit` would
    /// run OpenSSL's handler, which frees the locks such a thread holds, and a clean stop would end as a crash (signal 11 in place of
    /// exit code 0). What must be written is written before; standard output is flushed here.
    ///
    /// Source: OPENSSL_init_crypto(3), OPENSSL_cleanup: "must not be called while other threads use the library".
    public static func runAndLeave() async -> Never {
        do {
            var command = try parseAsRoot()
            if var waits = command as? any AsyncParsableCommand {
                try await waits.run()
            } else {
                try command.run()
            }
            leave(.success)
        } catch {
            let text = fullMessage(for: error)
            let code = exitCode(for: error)
            if !text.isEmpty { code == .success ? print(text) : ProgramEnd.write(text) }
            leave(code)
        }
    }

    private static func leave(_ code: ArgumentParser.ExitCode) -> Never {
        fflush(nil)
        _exit(code.rawValue)
    }
}

extension ProgramCommand {
    public static func main() async { await runAndLeave() }
}
