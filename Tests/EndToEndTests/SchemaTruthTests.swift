import AMQP
import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

/// `topology/schemas` say what is true: every message that the programs publish is valid by them, and what a consumer takes they
/// take, too. Judged by Python's jsonschema.
@Suite(.timeLimit(.minutes(3)), .enabled(if: SchemaJudge.isInstalled, "/usr/bin/python3 has no package `jsonschema`"))
struct SchemaTruthTests {
    @Test func everyMessageOfAJourneyIsValid() async throws {
        var plan = House.Plan()
        plan.consumers = ["repazoo-ingest", "repazoo-analyze", "repazoo-scheduler"]
        try await House.with(plan) { house in
            try await house.recordAll()
            try await house.addUser("user-123456", account: "1001", tweets: 30)
            let ingest = try await house.publish(IngestRequest(userID: try #require(UserID("user-123456"))))
            let refused = try await house.publish(IngestRequest(userID: try #require(UserID("nobody"))))
            let tick = try house.start("repazoo", ["schedule", "run", "monitor"])
            #expect(try await tick.ended() == 0)
            let analyze = MessageID.derived(from: ingest, name: MessageType.analyze.rawValue)
            #expect(try await house.outcome(of: analyze, at: .analyze) == "done")
            #expect(try await house.outcome(of: refused, at: .ingest) == "refused")
            try await eventually("all of them are heard") { try await house.messages(in: "test.all") >= 7 }
            let messages = try await house.recorded()
            for type in ["repazoo.ingest.v1", "repazoo.analyze.v1", "repazoo.tick.v1", "repazoo.event.v1"] {
                #expect(messages.contains { $0.type == type }, "\(type)")
            }
            #expect(try SchemaJudge.judge(messages).allSatisfy { $0 })
        }
    }

    /// Both sides of each rule: what one refuses the other refuses.
    @Test func decoderAndSchemaAreOfOneMind() throws {
        var random = SeededRandom(seed: 41)
        let cases = (0..<600).map { _ in MessageFuzz.message(&random) }
        let verdicts = try SchemaJudge.judge(cases)
        var (valid, differing) = (0, [String]())
        for (message, verdict) in zip(cases, verdicts) {
            let taken = MessageFuzz.isTaken(message)
            if taken { valid += 1 }
            if taken != verdict {
                differing.append(
                    "\(message.type): \(String(decoding: message.body, as: UTF8.self)) decoder \(taken), schema \(verdict)"
                )
            }
        }
        #expect(differing.isEmpty, "\(differing.prefix(5))")
        #expect((100...500).contains(valid), "\(valid) of them are valid")
    }
}

extension House {
    /// From now on every message is kept for `recorded`, too.
    func recordAll() async throws {
        let connection = try await AMQPConnection.open(broker)
        _ = try await connection.declareQueue("test.all", arguments: ["x-queue-type": "quorum"])
        for exchange in ["repazoo.requests", "repazoo.ticks", "repazoo.events"] {
            try await connection.bindQueue("test.all", to: exchange, key: "#")
        }
        await connection.close()
    }

    func recorded() async throws -> [(type: String, body: [UInt8])] {
        try await drain("test.all").map { (type: $0.properties.type ?? "", body: $0.body) }
    }
}

/// Bodies near the borders of the contracts.
private enum MessageFuzz {
    private static let types = ["ingest", "analyze", "export", "erase", "tick"]

    static func message(_ random: inout SeededRandom) -> (type: String, body: [UInt8]) {
        let type = types.randomElement(using: &random) ?? "ingest"
        var fields: [String] = []
        func add(_ name: String, _ values: [String], always: Bool = false) {
            guard always || Bool.random(using: &random) else { return }
            fields.append("\"\(name)\":\(values.randomElement(using: &random) ?? "null")")
        }
        let present = Int.random(in: 0..<8, using: &random) > 0
        if type == "tick" {
            if present {
                add(
                    "schedule",
                    [
                        "\"retention\"", "\"retention\"", "\"\"", "7", "null", #""a\u0007b""#,
                        "\"" + String(repeating: "x", count: 65) + "\"",
                    ], always: true)
            }
            add(
                "slot",
                [
                    "\"2026-11-24T03:00:00Z\"", "\"2026-11-24T03:00:00Z\"", "\"2026-11-24T03:00:00+00:00\"",
                    "\"yesterday\"", "5", "\"2026-11-24T03:00:00+01:00\"",
                ], always: true)
        } else {
            if present {
                add(
                    "user_id",
                    [
                        "\"user-1\"", "\"user-1\"", "\"user-1\"", "\"\"", "12", "null", "\"a b\"",
                        "\"" + String(repeating: "x", count: 129) + "\"",
                    ], always: true)
            }
        }
        if type == "ingest" {
            add("max_tweets", ["1", "3200", "0", "3201", "\"5\"", "2.5", "800"])
            add("analyze", ["true", "false", "1", "\"yes\""])
        }
        if type == "analyze" { add("kind", ["\"sentiment\"", "\"health\"", "5"]) }
        if type == "export" { add("requested_by", ["\"operator\"", "5", "[]"]) }
        if type == "erase" { add("reason", ["\"user\"", "false"]) }
        add("stranger", ["{\"a\":[1]}", "null"])
        return ("repazoo.\(type).v1", Array("{\(fields.joined(separator: ","))}".utf8))
    }

    static func isTaken(_ message: (type: String, body: [UInt8])) -> Bool {
        do throws(InvalidMessage) {
            switch message.type {
            case "repazoo.ingest.v1": _ = try IngestRequest.decode(message.body)
            case "repazoo.analyze.v1": _ = try AnalyzeRequest.decode(message.body)
            case "repazoo.export.v1": _ = try ExportRequest.decode(message.body)
            case "repazoo.erase.v1": _ = try EraseRequest.decode(message.body)
            default: _ = try Tick.decode(message.body)
            }
            return true
        } catch { return false }
    }
}

enum SchemaJudge {
    static let isInstalled = (try? run("import jsonschema; print('yes', end='')", "")) == "yes"

    /// Whether each body is valid by its type's schema.
    static func judge(_ messages: [(type: String, body: [UInt8])]) throws -> [Bool] {
        let input = messages.map { "\($0.type)\t\(String(decoding: $0.body, as: UTF8.self))\n" }.joined()
        return try JSONDecoder().decode([Bool].self, from: Data(try run(script, input).utf8))
    }

    private static let script = """
        import json, sys
        from jsonschema import Draft202012Validator, FormatChecker
        files = {"repazoo.tick.v1": "tick", "repazoo.event.v1": "event"}
        for work in ("ingest", "analyze", "export", "erase"): files[f"repazoo.{work}.v1"] = work + "-request"
        validators = {}
        for type, file in files.items():
            schema = json.load(open(f"topology/schemas/{file}.json"))
            Draft202012Validator.check_schema(schema)
            validators[type] = Draft202012Validator(schema, format_checker=FormatChecker())
        verdicts = []
        for line in sys.stdin.read().split("\\n")[:-1]:
            type, body = line.split("\\t", 1)
            errors = list(validators[type].iter_errors(json.loads(body)))
            if errors and "--why" in sys.argv: print(type, errors[0].message, file=sys.stderr)
            verdicts.append(not errors)
        print(json.dumps(verdicts))
        """

    private static func run(_ script: String, _ input: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let (stdin, stdout) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (stdin, stdout)
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}
