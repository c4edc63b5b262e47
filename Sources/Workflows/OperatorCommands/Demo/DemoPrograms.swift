import Foundation
import HTTPTransport
import TokenVault

/// The sandbox and the consumers as children of the demo.
struct DemoPrograms: Sendable {
    let sandbox: ChildProgram
    let sandboxURL: String
    let consumers: [(program: ChildProgram, port: Int)]
    let logs: URL

    static let consumerNames = [
        "repazoo-ingest", "repazoo-analyze", "repazoo-export", "repazoo-alert", "repazoo-console",
    ]

    /// For people: every program, in words.
    var names: String { (["repazoo-sandbox"] + Self.consumerNames).joined(separator: ", ") }

    var all: [ChildProgram] { consumers.map(\.program) + [sandbox] }

    /// Returns when all of them are ready; leaves none behind when it throws.
    static func start(
        timeline: String?, encryptionKey: String, environment: [String: String], logins: DemoLogins,
        http: HTTPClient
    ) async throws -> DemoPrograms {
        let logs = try folder(environment)
        let arguments = ["--port", "0"] + (timeline.map { ["--timeline", $0] } ?? [])
        let noServers = environment.filter { !$0.key.hasPrefix("DATABASE_URL") && !$0.key.hasPrefix("AMQP_URL") }
        let sandbox = try ChildProgram("repazoo-sandbox", arguments, environment: noServers, logs: logs)
        var started: [ChildProgram] = [sandbox]
        do {
            let url = try await address(of: sandbox)
            var consumers: [(program: ChildProgram, port: Int)] = []
            let ports = try FreePort.find(consumerNames.count + 1)
            let exports = exportSettings(logs, console: ports[consumerNames.count])
            for (name, port) in zip(consumerNames, ports) {
                let settings = settings(sandbox: url, key: encryptionKey, port: port).merging(exports) { $1 }
                // A variable that comes twice is a fault, so the one from a file gives way.
                let inherited = environment.filter { entry in !settings.keys.contains { entry.key == $0 + "_FILE" } }
                let own = logins.environment(for: name, from: inherited.merging(settings) { $1 })
                let program = try ChildProgram(name, environment: own, logs: logs)
                started.append(program)
                consumers.append((program, port))
            }
            for consumer in consumers { try await ready(consumer.program, port: consumer.port, http) }
            return DemoPrograms(sandbox: sandbox, sandboxURL: url, consumers: consumers, logs: logs)
        } catch {
            for program in started.reversed() { _ = await program.stop(grace: .seconds(5)) }
            throw error
        }
    }

    /// Stops the consumers, then the sandbox that they talk to; what did not end with 0 is returned by name.
    func stop() async -> [(name: String, code: Int32)] {
        var bad: [(name: String, code: Int32)] = []
        for program in all {
            let code = await program.stop()
            if code != 0 { bad.append((program.name, code)) }
        }
        return bad
    }

    private static func settings(sandbox: String, key: String, port: Int) -> [String: String] {
        [
            "TWITTER_API_URL": sandbox + "/twitter", "ANTHROPIC_API_URL": sandbox + "/anthropic",
            "TWITTER_CLIENT_ID": "demo-client", "TWITTER_CLIENT_SECRET": "demo-secret", "ANTHROPIC_API_KEY": "demo-key",
            "ENCRYPTION_KEY": key, "HTTP_PORT": "\(port)", "HTTP_HOST": "127.0.0.1",
        ]
    }

    /// Where exports lie, and how they are fetched.
    private static func exportSettings(_ logs: URL, console port: Int) -> [String: String] {
        [
            "EXPORT_STORE": "file://" + logs.deletingLastPathComponent().appending(path: "exports").path,
            "EXPORT_SIGNING_KEY": FernetKey.generate(), "CONSOLE_PORT": "\(port)", "CONSOLE_HOST": "127.0.0.1",
            "PUBLIC_URL": "http://127.0.0.1:\(port)",
        ]
    }

    private static func folder(_ environment: [String: String]) throws(CommandFault) -> URL {
        let base =
            environment["REPAZOO_SERVERS_DIR"].map { URL(filePath: $0) }
            ?? FileManager.default.temporaryDirectory.appending(path: "repazoo-demo-\(getpid())")
        let folder = base.appending(path: "logs")
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            throw CommandFault("cannot make the folder \(folder.path) for logs")
        }
        return folder
    }

    private static func address(of sandbox: ChildProgram) async throws -> String {
        try await wait(for: sandbox, "say where it listens") {
            sandbox.output.split(whereSeparator: \.isNewline).first { $0.hasPrefix("listening on http://") }
                .map { String($0.dropFirst("listening on ".count)) }
        }
    }

    private static func ready(_ program: ChildProgram, port: Int, _ http: HTTPClient) async throws {
        try await wait(for: program, "become ready") { () -> Void? in
            let request = HTTPRequest(
                .get, "http://127.0.0.1:\(port)/readyz",
                timeouts: HTTPTimeouts(connect: .seconds(2), total: .seconds(5)))
            guard let answer = try? await http.send(request), answer.status == 200 else { return nil }
            return ()
        }
    }

    private static func wait<Value>(
        for program: ChildProgram, _ what: String, _ look: () async -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while true {
            if let value = await look() { return value }
            guard program.isRunning, .now < deadline else {
                let how = program.isRunning ? "did not \(what) in 60 s" : "ended before it could \(what)"
                throw CommandFault("\(program.name) \(how); its log (\(program.log.path)) ends:\n\(program.lastLines)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
