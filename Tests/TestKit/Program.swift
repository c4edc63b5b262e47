import Foundation

/// One of the project's own programs as a child of the test, its output kept in memory until asked for.
public final class Program: Sendable {
    public let name: String
    private let process: Process
    private let output: TemporaryOutput
    private let exit: Task<Int32, any Error>

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
        exit = Task { try await ServerScript.ended(process) { try process.run() } }
    }

    public var isRunning: Bool { process.isRunning }

    /// Standard output and standard error so far.
    public func text() -> String { output.text() }

    /// The exit code, once it ends by itself.
    public func ended() async throws -> Int32 { try await exit.value }

    /// Sends a signal and does not wait.
    public func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

    /// SIGTERM; returns the exit code.
    public func stop() async throws -> Int32 {
        if process.isRunning { process.terminate() }
        return try await exit.value
    }

    /// SIGKILL.
    public func kill() async throws {
        Foundation.kill(process.processIdentifier, SIGKILL)
        _ = try await exit.value
    }
}
