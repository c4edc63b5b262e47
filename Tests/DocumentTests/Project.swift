import Foundation

/// The project's files as they lie beside the tests.
enum Project {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// Paths of the files under `folder` that end so.
    static func files(in folder: String, endingWith suffix: String) throws -> [String] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
        return paths.filter { $0.hasSuffix(suffix) }.map { folder + "/" + $0 }.sorted()
    }

    /// All source text under a folder, joined.
    static func sources(_ folder: String) throws -> String {
        try files(in: folder, endingWith: ".swift").map(text).joined(separator: "\n")
    }

    /// Documents for people, wherever they lie.
    static func documents() throws -> [String] {
        let folders = try ["compose", "topology"].flatMap { try files(in: $0, endingWith: ".md") }
        return (["README.md", "COMPLIANCE.md"] + folders).filter(exists)
    }

    /// What a Python script prints; Debian's Python has the packages that the tests install.
    static func python(_ script: String, _ arguments: [String] = []) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script] + arguments
        process.currentDirectoryURL = root
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
