import Foundation

/// An S3 of a test's own: moto's server (https://docs.getmoto.org), on a free port, with nothing in it.
public final class S3Server: Sendable {
    private let process: ChildProcess
    private let output: TemporaryOutput
    public let url: String

    private init(_ process: ChildProcess, _ output: TemporaryOutput, _ url: String) {
        self.process = process
        self.output = output
        self.url = url
    }

    public static func with(_ body: (S3Server) async throws -> Void) async throws {
        let server = try await start()
        do { try await body(server) } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// The first start on a machine installs it.
    public static func start() async throws -> S3Server {
        let path = try await installed()
        let output = try TemporaryOutput()
        let process = try ChildProcess(
            path, ["-H", "127.0.0.1", "-p", "0"], environment: ProcessInfo.processInfo.environment,
            input: NullDevice.descriptor, output: output.descriptor, errors: output.descriptor)
        var url: String?
        try await eventually("moto says where it listens", within: .seconds(60)) {
            url =
                output.text().split(whereSeparator: \.isNewline).compactMap { line in
                    line.range(of: "http://127.0.0.1:").map {
                        String(line[$0.lowerBound...].prefix { !$0.isWhitespace })
                    }
                }.first
            if url == nil, !process.isRunning { throw ServerError(description: "moto ended: \(output.text())") }
            return url != nil
        }
        return S3Server(process, output, url ?? "")
    }

    public func stop() async {
        process.signal(SIGKILL)
        _ = await process.ended()
    }

    private static func installed() async throws -> String {
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "compose/tools/moto").path
        let (output, messages) = (try TemporaryOutput(), try TemporaryOutput())
        let code = try await ChildProcess(
            script, [], environment: ProcessInfo.processInfo.environment, input: NullDevice.descriptor,
            output: output.descriptor, errors: messages.descriptor
        ).ended()
        guard code == 0 else { throw ServerError(description: "moto is not to be had: \(messages.text())") }
        return output.text().split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
    }
}
