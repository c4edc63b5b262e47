import Foundation
import Synchronization
import TestKit

/// The real executable `repazoo`, run to its end, with standard output and standard error apart.
enum OperatorCommand {
    struct Outcome: Sendable {
        let code: Int32
        let output: String
        let errors: String
        /// The largest resident size seen, in KiB.
        let peak: Int

        var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        var json: [String: Any] {
            get throws {
                let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
                guard let object = value as? [String: Any] else { throw NotAnObject() }
                return object
            }
        }
    }

    struct NotAnObject: Error {}

    static func run(_ arguments: [String], _ environment: [String: String]) async throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: uniqueName("command"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try ["output", "errors"].map { name in
            let path = folder.appending(path: name).path
            _ = FileManager.default.createFile(atPath: path, contents: nil)
            guard let handle = FileHandle(forUpdatingAtPath: path) else { throw NotAnObject() }
            return handle
        }
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "repazoo")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = files[0]
        process.standardError = files[1]
        let ended = Mutex(false)
        process.terminationHandler = { _ in ended.withLock { $0 = true } }
        try process.run()
        var peak = 0
        try await eventually("\(arguments) ends", within: .seconds(120)) {
            peak = max(peak, residentPeak(of: process.processIdentifier))
            return ended.withLock { $0 }
        }
        return Outcome(
            code: process.terminationStatus, output: try text(files[0]), errors: try text(files[1]), peak: peak)
    }

    private static func residentPeak(of process: Int32) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    private static func text(_ file: FileHandle) throws -> String {
        try file.seek(toOffset: 0)
        return String(decoding: file.readDataToEndOfFile(), as: UTF8.self)
    }
}
