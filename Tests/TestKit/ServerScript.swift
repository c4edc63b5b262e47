import Foundation

/// One run of `compose/servers`.
enum ServerScript {
    /// The script's place, found from this file's.
    private static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "compose/servers").path

    static func start(
        _ arguments: [String], settings: [String: String] = [:], input: Int32 = NullDevice.descriptor, output: Int32,
        errors: Int32
    ) throws -> ChildProcess {
        try ChildProcess(
            path, arguments, environment: ProcessInfo.processInfo.environment.merging(settings) { $1 }, input: input,
            output: output, errors: errors)
    }

    /// Runs a verb to its end and returns its standard output. A cancelled task waits too, or the process would outlive it.
    ///
    /// - Throws: `ServerError` with the script's messages when it fails.
    static func run(_ arguments: [String]) async throws -> String {
        let (output, messages) = (try TemporaryOutput(), try TemporaryOutput())
        let status = try await start(arguments, output: output.descriptor, errors: messages.descriptor).ended()
        guard status == 0 else {
            throw ServerError(description: "compose/servers \(arguments[0]) failed (\(status)): \(messages.text())")
        }
        return output.text()
    }
}
