import AMQP
import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

/// Whatever comes in has a clear outcome; nothing is lost and no process ends.
@Suite(.timeLimit(.minutes(5)))
struct BadInputTests {
    private struct Bad: Sendable {
        let what: String
        var body = Array(#"{"user_id":"user-000001"}"#.utf8)
        var id: String? = MessageID.random().rawValue
        var type = "repazoo.ingest.v1"
        let names: String
    }

    private static let bad = [
        Bad(what: "not JSON", body: Array("{user".utf8), names: "body"),
        Bad(what: "not an object", body: Array("[1]".utf8), names: "body"),
        Bad(what: "not UTF-8", body: [0x7B, 0xFF, 0x7D], names: "body"),
        Bad(what: "no body", body: [], names: "body"),
        Bad(what: "user id of the wrong type", body: Array(#"{"user_id":7}"#.utf8), names: "user_id"),
        Bad(what: "no user id", body: Array("{}".utf8), names: "user_id"),
        Bad(what: "too many tweets", body: Array(#"{"user_id":"u-1234","max_tweets":3201}"#.utf8), names: "max_tweets"),
        Bad(what: "a truth that is a number", body: Array(#"{"user_id":"u-1234","analyze":1}"#.utf8), names: "analyze"),
        Bad(what: "no message id", id: nil, names: "message_id"),
        Bad(what: "an id that is no UUID", id: "7", names: "message_id"),
        Bad(what: "an unknown type", type: "repazoo.ingest.v9", names: "type"),
        Bad(
            what: "1 MiB",
            body: Array(#"{"user_id":"u-1234","note":""#.utf8) + [UInt8](repeating: 97, count: 1 << 20)
                + Array(#""}"#.utf8), names: "body"),
    ]

    @Test func whatIsNoMessageIsDeadAtOnceWithItsReason() async throws {
        try await House.with(sendWhatIsNoMessage)
    }

    private func sendWhatIsNoMessage(_ house: House) async throws {
        for bad in Self.bad {
            try await house.publish(bad.body, id: bad.id, type: bad.type, key: "ingest")
            let letter = try await house.deadLetter(of: .ingest)
            #expect(letter.properties.headers["repazoo-reason"]?.string == "invalid_message", "\(bad.what)")
            let code = letter.properties.headers["repazoo-code"]?.string ?? ""
            #expect(code.contains(bad.names), "\(bad.what): \(code)")
            #expect(letter.body == bad.body, "\(bad.what): the body is as it was")
        }
        try await unknownUserIsRefused(house)
        #expect(house.allRun)
        #expect(try await house.messages(in: "repazoo.ingest") == 0)
        #expect(try await house.number("select count(*) from receipts where outcome = 'done'") == 0)
    }

    private func unknownUserIsRefused(_ house: House) async throws {
        let id = try await house.publish(IngestRequest(userID: try #require(UserID("user-nobody"))))
        #expect(try await house.outcome(of: id, at: .ingest) == "refused")
        let reason = try await house.postgres.query(
            "select detail->>'reason' as reason from audit_log where outcome = 'refused'"
        ).first?.decode(String.self, "reason")
        #expect(reason == "unknown_user")
        let followUps = try await house.postgres.query("select follow_ups::text as f from receipts").first?.decode(
            String.self, "f")
        #expect(followUps?.contains("ingest.refused") == true)
    }

    @Test func aProvidersBadAnswerIsTriedAgainUntilItIsGood() async throws {
        try await House.with(answerBadly)
    }

    private func answerBadly(_ house: House) async throws {
        let faults = [
            ("1101", "twitter:truncate@1"), ("1102", "twitter:garbage@1"), ("1103", "twitter:500@1"),
            ("1104", "anthropic:truncate@1"), ("1105", "anthropic:garbage@1"), ("1106", "anthropic:529@1"),
        ]
        var asked: [(fault: String, analyze: MessageID, user: String)] = []
        for (account, fault) in faults {
            let user = "user-\(account)"
            try await house.addUser(user, account: account, tweets: 5)
            try await house.setFaults(fault)
            let ingest = try await house.publish(IngestRequest(userID: try #require(UserID(user))))
            let analyze = MessageID.derived(from: ingest, name: MessageType.analyze.rawValue)
            let failing: ConsumerName = fault.hasPrefix("twitter") ? .ingest : .analyze
            try await eventually("\(fault) is noticed", within: .seconds(60)) {
                house.programs.contains {
                    $0.name == failing.program && $0.text().contains("comes back later")
                        && $0.text().contains(failing == .ingest ? ingest.rawValue : analyze.rawValue)
                }
            }
            #expect(
                try await house.number("select count(*) from receipts where message_id in (\(analyze.rawValue))")
                    == 0, "\(fault)")
            asked.append((fault, analyze, user))
        }
        try await house.setFaults(nil)
        for (fault, analyze, user) in asked {
            #expect(try await house.outcome(of: analyze, at: .analyze, within: .seconds(90)) == "done", "\(fault)")
            #expect(
                try await house.number("select count(*) from analyses where user_id = \(user)") == 1, "\(fault)")
        }
        try await house.addUser("user-1107", account: "1107", tweets: 5)
        try await house.setFaults("*:extra-fields@1")
        let id = try await house.publish(IngestRequest(userID: try #require(UserID("user-1107"))))
        let analyze = MessageID.derived(from: id, name: MessageType.analyze.rawValue)
        #expect(try await house.outcome(of: analyze, at: .analyze) == "done", "unknown fields are ignored")
        #expect(house.allRun)
    }
}
