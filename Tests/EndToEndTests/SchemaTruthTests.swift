import AMQP
import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

/// `topology/asyncapi.yaml` and `topology/schemas` say what is true. Every house judges whatever passed its exchanges by them when it
/// closes; here it is shown that the judge sees what passes and finds what is wrong, and that decoders and schemas agree.
@Suite(
    .timeLimit(.minutes(3)), .enabled(if: MessageJudge.isInstalled, "/usr/bin/python3 has no `jsonschema`, no `yaml`"))
struct SchemaTruthTests {
    @Test func everyMessageOfAJourneyIsSeenAndAsDescribed() async throws {
        var plan = House.Plan()
        plan.consumers = ["repazoo-ingest", "repazoo-analyze"]
        try await House.with(plan) { house in
            try await house.addUser("user-123456", account: "1001", tweets: 30)
            let ingest = try await house.publish(IngestRequest(userID: try #require(UserID("user-123456"))))
            let refused = try await house.publish(IngestRequest(userID: try #require(UserID("nobody"))))
            try await house.publish(Array("{}".utf8), id: "no-uuid", type: "repazoo.ingest.v1", key: "ingest")
            let tick = try house.start("repazoo", ["schedule", "run", "monitor"])
            #expect(try await tick.ended() == 0)
            let analyze = MessageID.derived(from: ingest, name: MessageType.analyze.rawValue)
            #expect(try await house.outcome(of: analyze, at: .analyze) == "done")
            #expect(try await house.outcome(of: refused, at: .ingest) == "refused")
            _ = try await house.deadLetter(of: .ingest)
            var seen: [SeenMessage] = []
            // The announcement follows the receipt.
            try await eventually("the end of the analysis passes") {
                seen += try await house.seen()
                return seen.contains { $0.key == "analysis.completed" }
            }
            // Two requests and one that is none, the follow-up, the tick, three ends, the dead letter.
            let passed = seen.map { "\($0.exchange)/\($0.key)" }.sorted()
            #expect(
                passed == [
                    "repazoo.dead/repazoo.ingest", "repazoo.events/analysis.completed",
                    "repazoo.events/ingest.completed",
                    "repazoo.events/ingest.refused", "repazoo.requests/analyze", "repazoo.requests/ingest",
                    "repazoo.requests/ingest", "repazoo.requests/ingest", "repazoo.ticks/monitor",
                ])
            #expect(seen.filter(\.isOurs).count == 6)
            #expect(try await MessageJudge.shared.faults(in: seen) == [])
        }
    }

    /// Each in the name of a program of ours; what is wrong is found.
    @Test(
        arguments: [
            (
                "repazoo.requests", "ingest", "repazoo.ingest.v1", #"{"user_id":"a","max_tweets":3201}"#, [:],
                "max_tweets"
            ),
            (
                "repazoo.requests", "analyze", "repazoo.ingest.v1", #"{"user_id":"a"}"#, [:],
                "no message repazoo.ingest.v1"
            ),
            ("repazoo.requests", "stranger", "repazoo.ingest.v1", #"{"user_id":"a"}"#, [:], "no channel"),
            ("repazoo.requests", "ingest", "repazoo.ingest.v2", #"{"user_id":"a"}"#, [:], "no message"),
            (
                "repazoo.requests", "ingest", "repazoo.ingest.v1", #"{"user_id":"a"}"#, ["delivery_mode": 1],
                "persistent"
            ),
            (
                "repazoo.requests", "ingest", "repazoo.ingest.v1", #"{"user_id":"a"}"#, ["content_type": "text/plain"],
                "text/plain"
            ),
            ("repazoo.requests", "ingest", "repazoo.ingest.v1", #"{"user_id":"a"}"#, ["message_id": "1"], "UUID"),
            (
                "repazoo.requests", "ingest", "repazoo.ingest.v1", #"{"user_id":"a"}"#,
                ["headers": .table(["repazoo-attempt": 0])], "repazoo-attempt"
            ),
            (
                "repazoo.events", "ingest.completed", "repazoo.event.v1",
                #"{"event":"ingest.refused","message_id":"3f2a9c1e-3f2a-4c1e-8f2a-3f2a9c1e3f2a","at":"2026-11-24T03:00:00Z"}"#,
                [:],
                "routing key"
            ),
            ("repazoo.dead", "repazoo.ingest", "", "", ["headers": .table(["repazoo-reason": "whim"])], "whim"),
            ("repazoo.dead", "repazoo.stranger", "", "", [:], "no such queue"),
        ] as [(String, String, String, String, AMQPTable, String)])
    func whatIsNotAsDescribedIsFound(
        exchange: String, key: String, type: String, body: String, other: AMQPTable, fault: String
    ) async throws {
        let sound: AMQPTable = [
            "app_id": "repazoo-ingest", "type": .string(type), "content_type": "application/json", "delivery_mode": 2,
            "message_id": "3f2a9c1e-3f2a-4c1e-8f2a-3f2a9c1e3f2a",
        ]
        let message = SeenMessage(
            exchange: exchange, key: key, user: "ingest", properties: sound.merging(other) { $1 },
            body: Array(body.utf8))
        let faults = try await MessageJudge.shared.faults(in: [message])
        #expect(faults.count == 1 && faults.allSatisfy { $0.contains(fault) }, "\(faults)")
    }

    /// Both sides of each rule: what one refuses the other refuses.
    @Test func decoderAndSchemaAreOfOneMind() async throws {
        var random = SeededRandom(seed: 41)
        let cases = (0..<600).map { _ in MessageFuzz.message(&random) }
        let verdicts = try await MessageJudge.shared.verdicts(on: cases)
        var (valid, differing) = (0, [String]())
        for (message, verdict) in zip(cases, verdicts) {
            if message.isTaken { valid += 1 }
            if message.isTaken != (verdict.payload == nil) {
                differing.append(
                    "\(message.type): \(String(decoding: message.body, as: UTF8.self)) decoder \(message.isTaken), schema \(verdict.payload ?? "valid")"
                )
            }
        }
        #expect(differing.isEmpty, "\(differing.prefix(5))")
        #expect((100...500).contains(valid), "\(valid) of them are valid")
    }
}

/// Bodies near the borders of the contracts.
private enum MessageFuzz {
    private static let types = ["ingest", "analyze", "export", "erase", "tick"]

    static func message(_ random: inout SeededRandom) -> SeenMessage {
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
        return SeenMessage(
            exchange: "repazoo.requests", key: type, user: "guest", properties: ["type": .string("repazoo.\(type).v1")],
            body: Array("{\(fields.joined(separator: ","))}".utf8))
    }
}
