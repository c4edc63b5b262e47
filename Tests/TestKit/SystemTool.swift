import Foundation

/// One run of a program of the system, for a second opinion.
public enum SystemTool {
    /// Its exit code, and what it wrote.
    public static func run(_ path: String, _ arguments: [String]) async throws -> (code: Int32, text: String) {
        let output = try TemporaryOutput()
        let code = try await ChildProcess(
            path, arguments, environment: ProcessInfo.processInfo.environment, input: NullDevice.descriptor,
            output: output.descriptor, errors: output.descriptor
        ).ended()
        return (code, output.text())
    }
}
