import AMQP
import Contracts
import Foundation
import Postgres
import TestKit
import Testing

@Suite(.timeLimit(.minutes(4)))
struct DeadCommandTests {
    @Test func aDeadLetterFromItsQueueToItsReplay() async throws {
        try await DeadHouse.with(wholeLife)
    }

    private func wholeLife(_ house: DeadHouse) async throws {
        let empty = try await house.repazoo("list")
        #expect(empty.code == 0)
        #expect(empty.output == "no dead letters with status new\n")
        #expect(empty.errors.contains("repazoo doctor"))

        let id = MessageID.random().rawValue
        var headers: AMQPTable = [
            "repazoo-reason": "attempts_exhausted", "repazoo-code": "network", "repazoo-attempt": 10,
            "repazoo-history": "2026-11-23T10:00:00Z timeout, 2026-11-23T11:00:00Z network",
            "repazoo-died-at": "2026-11-23T11:00:00Z", "x-canary": "canary@example.org",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ]
        try await house.serving {
            try await house.bury(id: id, headers)
            headers["repazoo-reason"] = "invalid_message"
            headers["repazoo-code"] = "field user_id, expected a user id, which is missing\u{1B}[2J"
            try await house.bury(id: nil, body: Array(#"{"email":"canary@example.org","user_id":5}"#.utf8), headers)
            try await house.stored(2)
        }
        try await listAndShow(house, id)
        try await rehearse(house, id)
        try await replay(house, id)
    }

    private func listAndShow(_ house: DeadHouse, _ id: String) async throws {
        let doctor = try await OperatorCommand.run(["doctor"], house.environment)
        #expect(doctor.lines.contains { $0.hasPrefix("!  dead letters") && $0.hasSuffix("2 new") })
        let list = try await house.repazoo("list")
        #expect(list.code == 0)
        #expect(list.lines[0] == "ID        AGE        QUEUE      REASON              STATUS     USER     CODE")
        #expect(list.output.contains("***3456"))
        #expect(!list.output.contains("user-123456") && !list.output.contains("anary"))
        #expect(!(list.output + list.errors).unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(list.output.contains("2 dead letters with status new, by cause:"))
        let filtered = try await house.repazoo("list", "--queue", "ingest", "--reason", "invalid_message", "--json")
        let letters = try #require(try filtered.json["dead_letters"] as? [[String: Any]])
        #expect(letters.count == 1)
        #expect(letters.first?["replayable"] as? Bool == false)
        #expect(try filtered.json["total"] as? Int == 1)
        #expect(try filtered.json["more"] as? Int == 0)
        let none = try await house.repazoo("list", "--queue", "export", "--json")
        #expect(try none.json["total"] as? Int == 0)

        let row = try await rowID(house, id)
        let show = try await house.repazoo("show", String(row.prefix(8)))
        #expect(show.code == 0)
        for line in [
            "dead letter      \(row)",
            "reason           attempts_exhausted: every attempt failed, the last one as the code says",
            "attempts         2026-11-23 10:00:00Z  timeout", "                 2026-11-23 11:00:00Z  network",
            #"body             {"user_id":"user-123456","max_tweets":800,"analyze":true}"#,
        ] { #expect(show.lines.contains(line), "\(line)") }
        #expect(show.output.contains("  repazoo dead replay \(row.prefix(8)) --dry-run"))
        let json = try await house.repazoo("show", row.uppercased(), "--json").json
        #expect((json["attempts"] as? [[String: Any]])?.compactMap { $0["code"] as? String } == ["timeout", "network"])
        #expect(json["message_id"] as? String == id)
        #expect(json["replayable"] as? Bool == true)
        #expect((json["headers"] as? [String: Any])?["x-canary"] == nil)
    }

    private func rehearse(_ house: DeadHouse, _ id: String) async throws {
        let words = try await house.repazoo("replay", "--all", "--dry-run")
        #expect(words.code == 1)
        for part in [
            "would go to repazoo.ingest", "repazoo.delay.deliver", "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.repazoo.ingest",
            id,
            #"{"user_id":"user-123456","max_tweets":800,"analyze":true}"#, "00-0af7651916cd43dd8448eb211c80319c",
            "dry run: 1 would be replayed, 1 skipped; nothing was sent",
        ] { #expect(words.output.contains(part), "\(part)") }
        for part in ["repazoo-attempt", "repazoo-code", "repazoo-died-at", "canary"] {
            #expect(!words.output.contains(part))
        }
        let json = try await house.repazoo("replay", "--all", "--dry-run", "--json").json
        #expect(json["would_be_replayed"] as? Int == 1)
        let letters = try #require(json["letters"] as? [[String: Any]])
        let publication = letters.compactMap { $0["publication"] as? [String: Any] }.first
        #expect(publication?["exchange"] as? String == "repazoo.delay.deliver")
        #expect(try await house.messages(in: .ingest) == 0)
        #expect(try await house.number("select count(*) from dead_letters where status = 'new'") == 2)
        #expect(try await house.number("select count(*) from audit_log") == 0)
    }

    private func replay(_ house: DeadHouse, _ id: String) async throws {
        let row = try await rowID(house, id)
        let done = try await house.repazoo("replay", String(row.prefix(6)))
        #expect(done.code == 0, "\(done.errors)")
        #expect(done.output.hasSuffix("1 replayed\n"))
        let sent = try #require(try await house.take(.ingest))
        #expect(sent.properties.messageID == id)
        #expect(sent.properties.type == "repazoo.ingest.v1")
        #expect(
            Set(sent.properties.headers.keys).subtracting(["x-delivery-count"]) == [
                "repazoo-history", "repazoo-origin", "traceparent",
            ])
        #expect(sent.properties.headers["repazoo-history"]?.string?.contains("11:00:00Z network, ") == true)
        #expect(sent.properties.headers["repazoo-history"]?.string?.hasSuffix(" replayed") == true)
        #expect(sent.body == Array(#"{"user_id":"user-123456","max_tweets":800,"analyze":true}"#.utf8))
        #expect(
            try await house.text("select status || ' ' || settled_by from dead_letters where id = \(row)")
                == "replayed repazoo")
        let audit = try await house.text(
            "select actor || ' ' || action || ' ' || outcome || ' ' || detail::text from audit_log")
        #expect(audit?.hasPrefix("repazoo dead.replay done ") == true)
        #expect(audit?.contains(row) == true)
        #expect(audit?.contains("user-") == false)

        let again = try await house.repazoo("replay", row)
        #expect(again.code == 1)
        #expect(again.output.contains("not replayed: it was replayed before"))
        let skipped = try await house.repazoo("replay", "--reason", "invalid_message")
        #expect(skipped.code == 1)
        #expect(skipped.output.contains("it has no message id that is a UUID"))
        let nothing = try await house.repazoo("replay", "--queue", "export")
        #expect(nothing.code == 0)
        #expect(nothing.output == "0 replayed\n")
        #expect(try await house.messages(in: .ingest) == 0)
        let discarded = try await house.repazoo("discard", "--all", "--note", "told canary@example.org")
        #expect(discarded.code == 0)
        #expect(
            try await house.text("select status || ': ' || note from dead_letters where message_id is null")
                == "discarded: told [EMAIL]")
        #expect(try await house.number("select count(*) from audit_log where action = 'dead.discard'") == 1)
    }

    private func rowID(_ house: DeadHouse, _ message: String) async throws -> String {
        try #require(try await house.text("select id from dead_letters where message_id = \(message)"))
    }

    @Test func selectorsAreExactAndBadUsageIs64() async throws {
        try await DeadHouse.with(selectors)
    }

    private func selectors(_ house: DeadHouse) async throws {
        try await house.postgres.query(
            """
            insert into dead_letters (id, queue, message_id, reason, headers, body) values
            ('abcd1111-0000-4000-8000-000000000001', 'repazoo.ingest', gen_random_uuid()::text, 'crash_loop',
             '{"type":"repazoo.ingest.v1"}', '{"user_id":"user-1"}'),
            ('abcd2222-0000-4000-8000-000000000002', 'repazoo.analyze', gen_random_uuid()::text, 'crash_loop',
             '{"type":"repazoo.analyze.v1"}', '{"user_id":"user-1"}'),
            ('abcd2222-0000-4000-8000-000000000003', 'repazoo.analyze', gen_random_uuid()::text, 'expired',
             '{"type":"repazoo.analyze.v1"}', '{"user_id":"user-1"}')
            """)
        let wrong = [
            ["replay"], ["discard"], ["replay", "abc"], ["replay", "abcd%"], ["replay", "abcd1111", "--all"],
            ["replay", "abcd1111", "--reason", "expired"], ["replay", "--reason", "boredom"],
            ["replay", "--queue", "repazoo.unroutable"], ["list", "--limit", "0"], ["list", "--status", "old"],
            ["show"], ["show", "'; drop table dead_letters; --"],
        ]
        // It takes its time before it gives up; meanwhile the others.
        let nowhere = house.environment.merging(["AMQP_URL": "amqp://guest:canary-password@127.0.0.1:1/"]) { $1 }
        async let giveUp = OperatorCommand.run(["dead", "replay", "abcd1111"], nowhere)
        for bad in wrong {
            let outcome = try await OperatorCommand.run(["dead"] + bad, house.environment)
            #expect(outcome.code == 64, "\(bad): \(outcome.code)")
        }
        let ambiguous = try await house.repazoo("discard", "abcd")
        #expect(ambiguous.code == 1)
        #expect(ambiguous.errors.contains("abcd is the beginning of several ids:"))
        // One that is not there: nothing happens to the others either.
        let absent = try await house.repazoo("replay", "abcd1111", "ffff")
        #expect(absent.code == 1)
        #expect(absent.errors.contains("no dead letter's id begins with ffff"))
        #expect(try await house.messages(in: .ingest) == 0)

        let byReason = try await house.repazoo("replay", "--reason", "crash_loop", "--queue", "analyze")
        #expect(byReason.code == 0)
        #expect(try await house.messages(in: .analyze) == 1)
        #expect(try await house.messages(in: .ingest) == 0)
        let rehearsal = try await house.repazoo("discard", "--queue", "repazoo.analyze", "--dry-run")
        #expect(rehearsal.output.contains("dry run: 1 would be discarded; nothing was changed"))
        let byQueue = try await house.repazoo("replay", "--queue", "repazoo.analyze", "--json")
        #expect(try byQueue.json["replayed"] as? Int == 1)
        #expect(try await house.messages(in: .analyze) == 2)
        #expect(
            try await house.text("select string_agg(status, ' ' order by id) from dead_letters")
                == "new replayed replayed")

        let unreachable = try await giveUp
        #expect(unreachable.code == 69)
        #expect(unreachable.errors.contains("RabbitMQ cannot be reached"))
        #expect(!unreachable.errors.contains("canary"))
        let unset = try await OperatorCommand.run(["dead", "replay", "--all"], ["AMQP_URL": "", "DATABASE_URL": ""])
        #expect(unset.code == 78)
        #expect(unset.errors.contains("AMQP_URL") && unset.errors.contains("DATABASE_URL"))
        try await missingQueue(house)
    }

    /// The message would end in the exchange's alternate, confirmed, and be lost to the operator.
    private func missingQueue(_ house: DeadHouse) async throws {
        let connection = try await AMQPConnection.open(house.broker)
        try await connection.deleteQueue("repazoo.ingest")
        await connection.close()
        let outcome = try await house.repazoo("replay", "abcd1111", "--json")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("repazoo.ingest is not there: run `repazoo topology apply`"))
        #expect(try outcome.json["replayed"] as? Int == 0)
        #expect(try await house.text("select status from dead_letters where id like 'abcd1111%'") == "new")
        #expect(try await house.number("select count(*) from audit_log") == 2)
    }

    /// A real consumer: what has a receipt is recognised, what has none goes through the gates anew.
    @Test func aReplayOfDoneWorkDoesNothingTwice() async throws {
        try await DeadHouse.with(doneWork)
    }

    private func doneWork(_ house: DeadHouse) async throws {
        let done = MessageID.random().rawValue
        let open = MessageID.random().rawValue
        try await house.postgres.query(
            "insert into receipts (consumer, message_id, outcome) values ('ingest', \(done), 'done')")
        try await house.serving {
            try await house.bury(id: done)
            try await house.bury(id: open)
            try await house.stored(2)
        }
        let environment = house.environment.merging([
            "REDIS_URL": try SharedServers.address(of: .redis),
            "ENCRYPTION_KEY": "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=", "TWITTER_CLIENT_ID": "client",
            "TWITTER_CLIENT_SECRET": "secret", "TWITTER_API_URL": "http://127.0.0.1:1", "LOG_LEVEL": "debug",
        ]) { $1 }
        let consumer = try Program("repazoo-ingest", environment: environment)
        let replayed = try await house.repazoo("replay", "--all")
        #expect(replayed.output.hasSuffix("2 replayed\n"))
        try await eventually("the open one is answered", within: .seconds(30)) {
            try await house.text("select outcome from receipts where message_id = \(open)") == "refused"
        }
        try await eventually("the queue is empty") { try await house.messages(in: .ingest) == 0 }
        #expect(try await consumer.stop() == 0)
        #expect(try await house.number("select count(*) from receipts") == 2)
        #expect(try await house.text("select outcome from receipts where message_id = \(done)") == "done")
        // The gate's answer about the open one, the replay itself, and nothing about the one that was done.
        #expect(
            try await house.number("select count(*) from audit_log where detail::text like '%' || \(done) || '%'") == 0)
        #expect(try await house.messages(in: .ingest.dead) == 0)
    }

    @Test func nothingFromOutsideReachesTheTerminalAsItIs() async throws {
        try await DeadHouse.with(nastyRows)
    }

    private func nastyRows(_ house: DeadHouse) async throws {
        let nasty = "a\u{1B}[2Jb\u{9B}31mc\u{202E}d\u{7}e\nf\u{2028}"
        let headers =
            "{\"type\":\"repazoo.ingest.v1\",\"correlation_id\":\"a\\u001b[2J\\u009b\",\"a\\u001b\":[\"\\u009b\"]}"
        try await house.postgres.query(
            """
            insert into dead_letters (queue, message_id, reason, code, body, user_id, headers, note, settled_by, died_at)
            values (\(nasty), \(nasty), \(nasty), \(nasty), \(nasty), \(nasty), \(JSONText(rawValue: headers)), \(nasty),
                    \(nasty), '-infinity'),
                   ('repazoo.ingest', gen_random_uuid()::text, 'expired', \(nasty), '{"user_id":"u"}', 'u',
                    \(JSONText(rawValue: headers)), null, null, 'infinity')
            """)
        let ids = try await house.postgres.query("select id from dead_letters").map { try $0.decode(String.self, "id") }
        var calls = [
            ["list"], ["list", "--json"], ["replay", "--all", "--dry-run"], ["replay", "--all", "--dry-run", "--json"],
        ]
        for id in ids { calls += [["show", id], ["show", id, "--json"]] }
        calls += [["replay", "--all"], ["discard", "--all", "--json"], ["list", "--status", "all"]]
        for call in calls {
            let outcome = try await OperatorCommand.run(["dead"] + call, house.environment)
            #expect([0, 1].contains(outcome.code), "\(call): \(outcome.errors)")
            #expect(!outcome.output.isEmpty)
            let bad = (outcome.output + outcome.errors).unicodeScalars.filter {
                $0 != "\n" && [.control, .format, .lineSeparator].contains($0.properties.generalCategory)
            }
            #expect(bad.isEmpty, "\(call) wrote \(bad.map(\.value))")
        }
    }
}
