import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// `compose/examples/backend.py` against the real consumers. Runs where /usr/bin/python3 has FastAPI and aio-pika.
@Suite(
    .timeLimit(.minutes(3)),
    .enabled(if: PythonBackend.isInstalled, "python3-fastapi, -uvicorn and -aio-pika are missing"))
struct BackendExampleTests {
    @Test func aBackendSynchronisesAnalysesExportsAndHearsOfIt() async throws {
        var plan = House.Plan()
        plan.consumers = ["repazoo-ingest", "repazoo-analyze", "repazoo-export"]
        try await House.with(plan) { house in
            let backend = try PythonBackend(broker: house.addresses.amqp)
            defer { backend.stop() }
            try await house.addUser("user-123456", account: "1001", mood: "glad", tweets: 30)
            try await eventually("the backend answers", within: .seconds(30)) {
                try await backend.get("/openapi.json", house)?.contains("/api/twitter/sync") == true
            }
            let sync = try await backend.ask("/api/twitter/sync?user_id=user-123456", house)
            // One correlation id from the request to the analysis that follows the synchronisation.
            try await eventually("the analysis is announced", within: .seconds(60)) {
                let heard = try await backend.get("/api/requests/\(sync)", house) ?? ""
                return heard.contains("ingest.completed") && heard.contains("analysis.completed")
            }
            // There is nothing new to judge: refused, with a reason for the user.
            let again = try await backend.ask("/api/analysis/sentiment?user_id=user-123456", house)
            try await eventually("the refusal is announced", within: .seconds(60)) {
                try await backend.get("/api/requests/\(again)", house)?.contains("nothing_to_analyze") == true
            }
            let export = try await backend.ask("/api/users/export-data?user_id=user-123456", house)
            try await eventually("the export is announced", within: .seconds(60)) {
                try await backend.get("/api/requests/\(export)", house)?.contains("export.ready") == true
            }
            let nobody = try await backend.ask("/api/twitter/sync?user_id=nobody", house)
            try await eventually("the refusal is announced", within: .seconds(60)) {
                try await backend.get("/api/requests/\(nobody)", house)?.contains("ingest.refused") == true
            }
        }
    }
}

/// The example under uvicorn.
private final class PythonBackend {
    private let process = Process()
    private let port: Int

    static let isInstalled: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", "import fastapi, uvicorn, aio_pika"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    init(broker: String) throws {
        port = try TCPPort.free()
        let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "compose/examples").path
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            "-m", "uvicorn", "--app-dir", examples, "--port", "\(port)", "--log-level", "warning", "backend:app",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["AMQP_URL": broker, "PYTHONDONTWRITEBYTECODE": "1"]
        ) { $1 }
        try process.run()
    }

    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func get(_ path: String, _ house: House) async throws -> String? {
        guard let answer = try? await house.http.send(HTTPRequest(.get, "http://127.0.0.1:\(port)\(path)")) else {
            return nil
        }
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// The message id that it answers with.
    func ask(_ path: String, _ house: House) async throws -> String {
        let answer = try await house.http.send(HTTPRequest(.post, "http://127.0.0.1:\(port)\(path)", body: .bytes([])))
        #expect(answer.status == 202, "\(String(decoding: answer.body, as: UTF8.self))")
        let body = try JSONDecoder().decode([String: String].self, from: Data(answer.body))
        return try #require(body["message_id"])
    }
}
