import Foundation

/// One of the project's own programs as a child of the test, its output kept in memory until asked for.
public final class Program: Sendable {
    public let name: String
    private let process: Process
    private let output: TemporaryOutput
    private let exit: Task<Int32, Never>

    /// Starts the executable `name` that the build put beside the test bundle.
    public init(_ name: String, _ arguments: [String] = [], environment: [String: String]) throws {
        self.name = name
        output = try TemporaryOutput()
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output.handle
        process.standardError = output.handle
        self.process = process
        // Started here and not in the task, so that `isRunning` is true from the beginning.
        let (codes, ended) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            ended.yield(process.terminationStatus)
            ended.finish()
        }
        try ServerScript.withSignalsOpen { try process.run() }
        exit = Task { await codes.first { _ in true } ?? -1 }
    }

    public var isRunning: Bool { process.isRunning }

    /// Standard output and standard error so far.
    public func text() -> String { output.text() }

    /// The exit code, once it ends by itself.
    public func ended() async throws -> Int32 { await exit.value }

    /// Sends a signal and does not wait.
    public func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

    /// SIGTERM; returns the exit code.
    public func stop() async throws -> Int32 {
        if process.isRunning { process.terminate() }
        return await exit.value
    }

    /// SIGKILL.
    public func kill() async throws {
        Foundation.kill(process.processIdentifier, SIGKILL)
        _ = await exit.value
    }
}
