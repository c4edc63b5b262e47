import Foundation

/// One of the project's own programs as a child of the test, its output kept until asked for.
public final class Program: Sendable {
    public let name: String
    private let process: ChildProcess
    private let output: TemporaryOutput

    /// Starts the executable `name` that the build put beside the test bundle.
    public convenience init(_ name: String, _ arguments: [String] = [], environment: [String: String]) throws {
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        try self.init(executable: folder.appending(path: name).path, arguments, environment: environment)
    }

    /// Starts a program of the system's, by its path.
    public init(executable: String, _ arguments: [String], environment: [String: String]) throws {
        name = URL(filePath: executable).lastPathComponent
        output = try TemporaryOutput()
        process = try ChildProcess(
            executable, arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
            input: NullDevice.descriptor, output: output.descriptor, errors: output.descriptor)
    }

    public var isRunning: Bool { process.isRunning }

    /// The largest resident size so far, in KiB; 0 once it has ended.
    public var peakMemory: Int {
        let status = (try? String(contentsOfFile: "/proc/\(process.id)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// How many descriptors it has open, which tells how far its start has come; 0 once it has ended.
    public var openDescriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.id)/fd").count) ?? 0
    }

    /// Standard output and standard error so far.
    public func text() -> String { output.text() }

    /// The exit code, or the number of the signal that ended it, once it has ended.
    public func ended() async throws -> Int32 { await process.ended() }

    /// Sends a signal and does not wait.
    public func signal(_ number: Int32) { process.signal(number) }

    /// SIGTERM; returns the exit code.
    public func stop() async throws -> Int32 {
        process.signal(SIGTERM)
        return await process.ended()
    }

    /// SIGKILL.
    public func kill() async throws {
        process.signal(SIGKILL)
        _ = await process.ended()
    }
}
