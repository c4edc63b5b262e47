import Foundation
import Testing

@testable import Sandbox

/// The built program, beside the test bundle.
private let program: URL? = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
    let folder = bundle.map { URL(filePath: $0).deletingLastPathComponent() } ?? Bundle.main.bundleURL
    let url = folder.appending(path: "repazoo-sandbox")
    return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
}()

@Suite(.timeLimit(.minutes(1)))
struct ProgramTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func saysWhereItListensAndStopsCleanly(_ signal: Int32) async throws {
        let url: URL = try #require(program, "build repazoo-sandbox first")
        let process = Process()
        process.executableURL = url
        process.arguments = ["--port", "0"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let line = try await withExit(of: process) {
            var line = ""
            for await chunk in output.fileHandleForReading.chunks() {
                line += chunk
                if line.hasSuffix("\n") { break }
            }
            #expect(kill(process.processIdentifier, signal) == 0)
            return line
        }
        #expect(line.hasPrefix("listening on http://127.0.0.1:"))
        #expect(line.hasSuffix("\n") && line.filter { $0 == "\n" }.count == 1)
        #expect(process.terminationStatus == 0)
    }

    @Test(
        arguments: [
            (["--prt", "1"], 64, "--port"), ([], 64, "port"), (["--port", "70000"], 64, "65535"),
            (["--port", "0", "--faults", "mars:1"], 64, "mars:1"), (["--port", "0", "--latency", "fast"], 64, "500ms"),
            (["--port", "0", "--timeline", "/nowhere/at/all.jsonl"], 78, "all.jsonl"),
            (["--port", "0", "--timeline", "/proc/self/comm"], 78, "line 1: not one JSON object"),
        ] as [([String], Int32, String)])
    func badUsageIsExplained(_ arguments: [String], _ status: Int32, _ names: String) async throws {
        let url: URL = try #require(program, "build repazoo-sandbox first")
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        // A file, not a pipe: a pipe's end would wait for every process that inherited it.
        let errors = FileManager.default.temporaryDirectory.appending(path: "sandbox-\(UUID().uuidString)")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardError = try FileHandle(forWritingTo: errors)
        _ = try await withExit(of: process) { "" }
        let text = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        #expect(process.terminationStatus == status)
        #expect(text.contains(names), "\(text)")
    }

    /// Starts the process, runs the body and waits for the end without holding a thread.
    private func withExit(of process: Process, _ body: () async throws -> String) async throws -> String {
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        let result = try await body()
        for await _ in ended {}
        return result
    }
}

extension FileHandle {
    /// What can be read until the other side closes.
    fileprivate func chunks() -> AsyncStream<String> {
        AsyncStream { chunks in
            readabilityHandler = { handle in
                let data = handle.availableData
                if data.isEmpty {
                    handle.readabilityHandler = nil
                    chunks.finish()
                } else {
                    chunks.yield(String(decoding: data, as: UTF8.self))
                }
            }
        }
    }
}
