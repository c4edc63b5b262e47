import AMQP
import Contracts
import Foundation
import Testing

@testable import Alerting

@Suite(.timeLimit(.minutes(1)))
struct ReadingTests {
    @Test(arguments: [
        (ConsumerName.ingest, "repazoo.ingest.v1", #"{"user_id":"user-123456","max_tweets":7,"analyze":false}"#),
        (.analyze, "repazoo.analyze.v1", #"{"user_id":"user-123456","kind":"sentiment"}"#),
        (.export, "repazoo.export.v1", #"{"user_id":"user-123456","requested_by":"operator"}"#),
        (.retention, "repazoo.erase.v1", #"{"user_id":"user-123456"}"#),
        (.retention, "repazoo.tick.v1", #"{"schedule":"retention","slot":"2026-11-23T03:00:00Z"}"#),
        (
            .alert, "repazoo.event.v1",
            #"{"event":"alert.opened","message_id":"0f8fad5b-d9cb-469f-a165-70867728950e","at":"2026-11-23T03:00:00Z","reason":"dead_letters","detail":{"count":3}}"#
        ),
    ])
    func aWholeMessageIsKeptAndCanBeReplayed(consumer: ConsumerName, type: String, body: String) throws {
        let letter = Letters.read(body, type: type, in: consumer)
        #expect(letter.body == body)
        #expect(letter.isReplayable)
        #expect(letter.userID?.rawValue == (body.contains("user_id") ? "user-123456" : nil))
        let headers = Contracts.JSONValue.object(letter.headers).text
        let replay = try ReplayedMessage(
            queue: letter.queue.rawValue, messageID: letter.messageID?.rawValue, body: letter.body, headers: headers,
            isWhole: letter.isReplayable, at: Letters.now)
        #expect(replay.publication.body == Array(body.utf8))
        #expect(replay.publication.exchange == "repazoo.delay.deliver")
        #expect(replay.publication.routingKey.hasSuffix("." + consumer.queue.rawValue))
        #expect(replay.publication.isMandatory)
    }

    @Test func unknownFieldsAndFreeTextOfAValidBodyAreDropped() {
        let ingest = Letters.read(
            #"{"user_id":"user-123456","email":"canary@example.org","note":"Canary Q. Person","max_tweets":9}"#)
        #expect(ingest.body == #"{"user_id":"user-123456","max_tweets":9,"analyze":true}"#)
        let export = Letters.read(
            #"{"user_id":"user-123456","requested_by":"Canary Q. Person"}"#, type: "repazoo.export.v1", in: .export)
        #expect(export.body == #"{"user_id":"user-123456"}"#)
        let erase = Letters.read(
            #"{"user_id":"user-123456","reason":"canaryhandle wants it"}"#, type: "repazoo.erase.v1", in: .retention)
        #expect(erase.body == #"{"user_id":"user-123456"}"#)
        let event = Letters.read(
            #"{"event":"alert.opened","message_id":"0f8fad5b-d9cb-469f-a165-70867728950e","at":"2026-11-23T03:00:00Z","reason":"Canary Q. Person","detail":{"email":"canary@example.org","text":"mail canary@example.org\u0000"}}"#,
            type: "repazoo.event.v1", in: .alert)
        #expect(event.isReplayable)
        #expect(event.body?.contains("anary") == false)
        for letter in [ingest, export, erase] { #expect(letter.isReplayable) }
    }

    @Test func whatCannotBeReplayedIsSaidSo() {
        #expect(!Letters.read(id: nil).isReplayable)
        #expect(!Letters.read(id: "").isReplayable)
        let odd = Letters.read(id: "canary@example.org")
        #expect(odd.messageID == nil && !odd.isReplayable)
        #expect(odd.headers["message_id"] == .string("[EMAIL]"))
        #expect(Letters.read(id: Letters.id.uppercased()).messageID?.rawValue == Letters.id)
        // Its contract reads it, but no consumer of the queue takes it.
        let strange = Letters.read(type: "repazoo.analyze.v1", in: .ingest)
        #expect(strange.body == #"{"user_id":"user-123456","kind":"sentiment"}"#)
        #expect(!strange.isReplayable)
        #expect(!Letters.read(type: nil).isReplayable)
        #expect(!Letters.read(#"{"user_id":1}"#).isReplayable)
    }

    @Test func canariesAreGoneFromEveryCorner() {
        let mail = "canary@example.org"
        let headers: AMQPTable = [
            "repazoo-reason": "permanent_failure", "repazoo-code": .string("no token for \(mail)"),
            "repazoo-history": .string("2026-11-23T10:00:00Z network, \(mail)"), "repazoo-origin": .string(mail),
            "repazoo-deadline": .string(mail), "repazoo-died-at": .string(mail), "x-canary": .string(mail),
            "canary": .string(mail), "repazoo-canary": .string(mail), "tracestate": .string("a=\(mail)"),
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "x-death": .array([.table(["queue": .string(mail), "reason": .string(mail)])]),
        ]
        var properties = Letters.properties(id: mail, type: mail, headers)
        properties.correlationID = mail
        properties.appID = mail
        properties.contentType = mail
        properties.replyTo = mail
        for body in [
            #"{"user_id":"\#(mail) x","handle":"canaryhandle","display_name":"Canary Q. Person","email":"\#(mail)"}"#,
            "user \(mail) \u{0} called from 192.0.2.17", #"["\#(mail)"]"#,
            #"{"\#(mail)":1,"user_id":{"a":"\#(mail)"}}"#,
            #"{"user_id":"canary-user-123456","kind":"Canary Q. Person","at":"\#(mail)"}"#,
        ] {
            let stored = Letters.stored(
                DeadLetter(properties, body: Array(body.utf8), diedIn: .ingest, receivedAt: Letters.now))
            #expect(!stored.contains("anary"), "\(body.prefix(12))… left a canary")
            #expect(!stored.contains("192.0.2.17"))
            #expect(!stored.utf8.contains(0))
        }
    }

    @Test func anUnreadableBodyStillShowsItsFault() {
        let misspelt = Letters.read(#"{"userid":"user-123456","max_tweets":7,"analyze":"yes"}"#)
        #expect(misspelt.body == #"{"userid":"[REMOVED]","max_tweets":7,"analyze":"yes"}"#)
        #expect(
            Letters.read(#"{"user_id":"user-123456","max_tweets":9999}"#).body
                == #"{"user_id":"***3456","max_tweets":9999}"#)
        #expect(Letters.read(#"{"user_id":123456}"#).body == #"{"user_id":0}"#)
        #expect(Letters.read("{").body == "{")
        #expect(Letters.read("").body?.isEmpty == true)
    }

    @Test func bytesThatAreNoTextBecomeText() {
        let bytes: [UInt8] = [0x7B, 0xFF, 0xFE, 0x00, 0x80, 0x7D]
        let letter = DeadLetter(Letters.properties(), body: bytes, diedIn: .ingest, receivedAt: Letters.now)
        #expect(letter.body == "{\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}}")
        #expect(!letter.isReplayable)
        // Repaired it would be a message again, but not the one that was sent.
        let repaired = Array(#"{"user_id":"user-123456","x":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(
            !DeadLetter(Letters.properties(), body: repaired, diedIn: .ingest, receivedAt: Letters.now).isReplayable)
    }

    @Test func sizesAreBounded() {
        let huge = String(repeating: "é canary@example.org ", count: 300_000)
        let letter = Letters.read(
            huge,
            [
                "repazoo-reason": "invalid_message", "repazoo-code": .string(huge), "repazoo-history": .string(huge),
                "repazoo-origin": .string(huge), "tracestate": .string(huge), "traceparent": .string(huge),
            ])
        #expect((1...UnreadableBody.maximumBytes).contains(letter.body?.utf8.count ?? 0))
        #expect(letter.body?.contains("anary") == false)
        #expect((letter.code?.utf8.count ?? 0) <= 200)
        #expect(Contracts.JSONValue.object(letter.headers).text.utf8.count < 4096)
        // The cut goes through an address: what is left of it must not stay.
        for shift in 0..<24 {
            let cut = String(repeating: "x", count: UnreadableBody.maximumBytes - shift) + " canary@example.org"
            #expect(Letters.read(cut).body?.contains("can") == false, "\(shift)")
        }
        let members = (0..<3000).map { "\"f\($0)\":1" }.joined(separator: ",")
        #expect((Letters.read("{\(members)}").body?.utf8.count ?? 0) < 4096)
    }

    @Test func controlAndFormatCharactersDoNotReachATerminal() {
        let nasty = "a\u{1B}[31mb\u{202E}c\u{85}d\ne\u{0}f\u{9B}2Jg\u{7F}"
        let clean = HarmlessText.cleaned(nasty, maximumBytes: 100)
        #expect(clean == "a\u{FFFD}[31mb\u{FFFD}c\u{FFFD}d e\u{FFFD}f\u{FFFD}2Jg\u{FFFD}")
        #expect(HarmlessText.cleaned("ééé", maximumBytes: 5) == "éé")
        let letter = Letters.read(["repazoo-reason": "invalid_message", "repazoo-code": .string(nasty)])
        #expect(letter.code == clean)
    }

    /// The code of an invalid message is the contract's own sentence: redacting must leave it as it is.
    @Test func theContractsOwnWordsSurvive() {
        let faults = [
            InvalidMessage(.field("user_id"), expected: "1 to 128 bytes without white space or control characters"),
            InvalidMessage(.field("max_tweets"), expected: "an integer from 1 to 3200"),
            InvalidMessage(.property("message_id"), expected: "a UUID other than the nil UUID"),
            InvalidMessage(.header("repazoo-attempt"), expected: "an integer from 1 to 1000000"),
            InvalidMessage(.field("slot"), expected: "an RFC 3339 time in UTC, such as 2026-01-31T03:00:00Z"),
            InvalidMessage(.property("type"), expected: "repazoo.tick.v1 or repazoo.erase.v1"),
            InvalidMessage(.body, expected: "one JSON object"),
        ]
        for fault in faults {
            let letter = Letters.read(["repazoo-reason": "invalid_message", "repazoo-code": .string("\(fault)")])
            #expect(letter.code == "\(fault)")
        }
    }

    @Test func whatIsTakenAwayFirstIsTheBody() {
        let letter = Letters.read(["repazoo-reason": "expired"])
        let remainders = letter.remainders
        #expect(remainders.first == letter)
        #expect(remainders.map { $0.body == nil } == [false, true, true])
        #expect(remainders.map(\.headers.isEmpty) == [false, false, true])
        #expect(remainders.allSatisfy { $0.messageID == letter.messageID && $0.reason == letter.reason })
        #expect(remainders.map(\.isReplayable) == [true, false, false])
    }
}
