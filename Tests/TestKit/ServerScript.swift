import Foundation

/// One run of `compose/servers`.
enum ServerScript {
    /// The script's place, found from this file's.
    static let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "compose/servers")

    static func process(_ arguments: [String], settings: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(settings) { $1 }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Runs a verb to its end and returns its standard output.
    ///
    /// - Throws: `ServerError` with the script's messages when it fails.
    static func run(_ arguments: [String]) async throws -> String {
        let process = process(arguments)
        let output = try TemporaryOutput()
        let messages = try TemporaryOutput()
        process.standardOutput = output.handle
        process.standardError = messages.handle
        let status = try await ended(process) { try process.run() }
        guard status == 0 else {
            throw ServerError(description: "compose/servers \(arguments[0]) failed (\(status)): \(messages.text())")
        }
        return output.text()
    }

    /// Starts a process by `start` and waits for its end, with no thread held meanwhile. A cancelled task waits too, or
    /// the process would outlive it.
    static func ended(_ process: Process, _ start: () throws -> Void) async throws -> Int32 {
        try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try withSignalsOpen(start) } catch { continuation.resume(throwing: error) }
        }
    }

    /// A child process inherits the signal mask of the thread that starts it, and the threads of Swift's pool block
    /// nearly all signals: without this, the script, the servers and their command would be deaf to SIGTERM.
    static func withSignalsOpen(_ start: () throws -> Void) rethrows {
        var open = sigset_t()
        var before = sigset_t()
        sigemptyset(&open)
        pthread_sigmask(SIG_SETMASK, &open, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try start()
    }
}

/// A file without a name that takes a process's output: unlike a pipe, it needs no reader and is never full.
struct TemporaryOutput {
    let handle: FileHandle

    init() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: uniqueName("output"))
        guard FileManager.default.createFile(atPath: path.path, contents: nil),
            let handle = FileHandle(forUpdatingAtPath: path.path)
        else { throw ServerError(description: "cannot write to \(path.path)") }
        try FileManager.default.removeItem(at: path)
        self.handle = handle
    }

    func text() -> String {
        try? handle.seek(toOffset: 0)
        return String(decoding: handle.readDataToEndOfFile(), as: UTF8.self)
    }
}
