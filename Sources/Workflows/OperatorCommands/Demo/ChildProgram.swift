import Foundation

/// A program started beside this one, with its output in a file.
final class ChildProgram: Sendable {
    let name: String
    let log: URL
    private let process: Process
    /// The exit code; the number of the signal plus 128 if one ended it.
    private let ended: Task<Int32, Never>

    /// `name` is looked for in the folder of this executable.
    init(_ name: String, _ arguments: [String] = [], environment: [String: String], logs: URL) throws(CommandFault) {
        self.name = name
        log = logs.appending(path: "\(name).log")
        let process = Process()
        process.executableURL = Self.folder.appending(path: name)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        guard FileManager.default.isExecutableFile(atPath: Self.folder.appending(path: name).path) else {
            throw CommandFault("\(name) is not beside this program: build all of them (make release)")
        }
        guard FileManager.default.createFile(atPath: log.path, contents: nil),
            let output = FileHandle(forWritingAtPath: log.path)
        else { throw CommandFault("cannot write the log \(log.path)") }
        process.standardOutput = output
        process.standardError = output
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0))
            continuation.finish()
        }
        do { try Self.withSignalsOpen { try process.run() } } catch {
            throw CommandFault("\(name) could not be started")
        }
        try? output.close()
        self.process = process
        ended = Task {
            var code: Int32 = 0
            for await value in stream { code = value }
            return code
        }
    }

    var isRunning: Bool { process.isRunning }
    var id: Int32 { process.processIdentifier }

    var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// The end of the log, for when it went wrong.
    var lastLines: String { output.split(whereSeparator: \.isNewline).suffix(5).joined(separator: "\n") }

    /// SIGTERM, and SIGKILL after `grace`. Returns the exit code.
    func stop(grace: Duration = .seconds(40)) async -> Int32 {
        if process.isRunning { process.terminate() }
        let killer = Task { [process] in
            try await Task.sleep(for: grace)
            kill(process.processIdentifier, SIGKILL)
        }
        let code = await ended.value
        killer.cancel()
        return code
    }

    /// Where this executable lies. `argv[0]` may be a mere name from PATH.
    static let folder: URL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// A child inherits the signal mask of the thread that starts it, and the threads of Swift's pool block nearly all
    /// signals: without this the child would be deaf to SIGTERM.
    private static func withSignalsOpen(_ start: () throws -> Void) rethrows {
        var open = sigset_t()
        var before = sigset_t()
        sigemptyset(&open)
        pthread_sigmask(SIG_SETMASK, &open, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try start()
    }
}
