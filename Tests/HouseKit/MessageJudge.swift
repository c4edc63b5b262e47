import AMQP
import Foundation
import TestKit

/// Holds messages against `topology/asyncapi.yaml` and `topology/schemas`, by Python's jsonschema. One judge serves a test process:
/// to start it takes longer than to judge a thousand messages.
package actor MessageJudge {
    package static let shared = MessageJudge()

    /// What is wrong with a message; nil = nothing.
    package struct Verdict: Decodable, Sendable {
        package let payload: String?
        package let envelope: String?
    }

    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let atOnce = 200

    /// Whether Python has what it takes. Without it nothing is judged, and `SchemaTruthTests` are skipped, which shows.
    package static let isInstalled: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", "import jsonschema, yaml"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private var program: AnsweringProgram?

    /// Of programs of ours, everything counts; of what a test publishes, the payload of what a consumer would take.
    package func faults(in messages: [SeenMessage]) async throws -> [String] {
        guard Self.isInstalled, !messages.isEmpty else { return [] }
        return zip(messages, try await verdicts(on: messages)).compactMap { message, verdict in
            let fault = message.isOurs ? verdict.payload ?? verdict.envelope : message.isTaken ? verdict.payload : nil
            return fault.map {
                "\(message.user) to \(message.exchange)/\(message.key), \(message.type): \($0): \(String(decoding: message.body, as: UTF8.self))"
            }
        }
    }

    package func verdicts(on messages: [SeenMessage]) async throws -> [Verdict] {
        let program =
            try program
            ?? AnsweringProgram(
                "/usr/bin/python3",
                [Self.tests.appending(path: "Messages/judge.py").path, Self.tests.appending(path: "../topology").path])
        self.program = program
        var verdicts: [Verdict] = []
        for start in stride(from: 0, to: messages.count, by: Self.atOnce) {
            let some = messages[start..<min(messages.count, start + Self.atOnce)].map { message -> [String: Any] in
                [
                    "exchange": message.exchange, "key": message.key,
                    "properties": AMQPFieldValue.table(message.properties).plain,
                    "body": Data(message.body).base64EncodedString(),
                ]
            }
            let question = String(decoding: try JSONSerialization.data(withJSONObject: some), as: UTF8.self)
            verdicts += try JSONDecoder().decode([Verdict].self, from: Data(try await program.ask(question).utf8))
        }
        return verdicts
    }
}

extension House {
    /// What has passed our exchanges since the last call.
    package func seen() async throws -> [SeenMessage] { try await SeenMessage.take(from: broker) }
}

extension AMQPFieldValue {
    /// As JSONSerialization takes it.
    fileprivate var plain: Any {
        switch self {
        case .boolean(let value): value
        case .integer(let value): value
        case .number(let value): value
        case .string(let value): value
        case .bytes(let value): String(decoding: value, as: UTF8.self)
        case .timestamp(let value): value
        case .array(let values): values.map(\.plain)
        case .table(let values): values.mapValues(\.plain)
        case .null: NSNull()
        }
    }
}
