import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// One person's tweets from a request to a stored analysis, on real servers and real processes.
@Suite(.timeLimit(.minutes(5)))
struct PlainPathTests {
    @Test func aRequestBecomesAnAnalysisOnceAndOnlyOnce() async throws {
        try await House.with(twoPeople)
    }

    private func twoPeople(_ house: House) async throws {
        try await house.addUser("user-123456", account: "1001", mood: "glad", tweets: 130)
        try await house.addUser("user-654321", account: "1002", mood: "angry", tweets: 60, tier: "basic")
        let glad = try await house.publish(IngestRequest(userID: try #require(UserID("user-123456"))))
        let angry = try await house.publish(IngestRequest(userID: try #require(UserID("user-654321"))))
        try await check(house, glad, tweets: 130, user: "user-123456")
        try await check(house, angry, tweets: 60, user: "user-654321")

        let gladScore = try await score(house, "user-123456")
        let angryScore = try await score(house, "user-654321")
        #expect(gladScore > 0.1)
        #expect(angryScore < -0.1)
        let models = try await house.postgres.query("select model from analyses order by user_id").map {
            try $0.decode(String.self, "model")
        }
        #expect(models == ["claude-opus-5", "claude-sonnet-5"])

        // The same message again, twice at once: nothing happens twice.
        try await house.publish(IngestRequest(userID: try #require(UserID("user-123456"))), id: glad)
        try await house.publish(IngestRequest(userID: try #require(UserID("user-123456"))), id: glad)
        // And a new request finds nothing new.
        let again = try await house.publish(
            IngestRequest(userID: try #require(UserID("user-123456")), analyze: false))
        #expect(try await house.outcome(of: again, at: .ingest) == "done")
        try await eventually("the queues are empty") { try await house.messages(in: "repazoo.ingest") == 0 }
        #expect(try await house.number("select count(*) from twitter_data where user_id = 'user-123456'") == 130)
        #expect(try await house.number("select count(*) from analyses") == 2)
        #expect(
            try await house.number("select count(*) from audit_log where action = 'ingest' and outcome = 'done'") == 3)
        try await chainsHold(house)
        try await nothingPersonalIn(house)
    }

    private func check(_ house: House, _ ingest: MessageID, tweets: Int, user: String) async throws {
        #expect(try await house.outcome(of: ingest, at: .ingest) == "done")
        let analyze = MessageID.derived(from: ingest, name: MessageType.analyze.rawValue)
        #expect(try await house.outcome(of: analyze, at: .analyze) == "done")
        #expect(try await house.number("select count(*) from twitter_data where user_id = \(user)") == tweets)
        let row = try #require(
            try await house.postgres.query(
                """
                select tweets_analyzed, input_tokens, jsonb_array_length(result->'tweets') as judged
                from analyses where user_id = \(user)
                """
            ).first)
        // A repost's words are somebody else's: they are neither kept nor judged.
        let own = try await house.number("select count(*) from twitter_data where user_id = \(user) and text <> ''")
        #expect(own > tweets / 2)
        #expect(try row.decode(Int.self, "tweets_analyzed") == own)
        #expect(try row.decode(Int.self, "judged") == own)
        #expect(try row.decode(Int.self, "input_tokens") > 0)
    }

    private func score(_ house: House, _ user: String) async throws -> Double {
        try #require(
            try await house.postgres.query("select score from analyses where user_id = \(user)").first
        ).decode(Double.self, "score")
    }

    private func chainsHold(_ house: House) async throws {
        let broken = try await house.number("select count(*) from audit_faults('-infinity')")
        #expect(broken == 0)
    }

    /// Canaries: what the processes wrote holds no secret and nobody's name.
    private func nothingPersonalIn(_ house: House) async throws {
        for consumer in house.programs {
            let text = consumer.text()
            #expect(text.contains("consuming"))
            for canary in ["canary", "Canary", "user-123456", "user-654321", "sandbox-1001"] {
                #expect(!text.contains(canary), "\(consumer.name) wrote \(canary)")
            }
        }
        let prompts = try await house.http.send(.init(.get, house.sandboxURL + "/sandbox/log?provider=anthropic"))
        let log = String(decoding: prompts.body, as: UTF8.self)
        #expect(log.contains("<tweets>"))
        #expect(!log.contains("anaryhandle") && !log.contains("canary@example.org"))
        let audit = try await house.postgres.query(
            "select coalesce(string_agg(detail::text, ' '), '') as details from audit_log")
        #expect(try !(audit.first?.decode(String.self, "details") ?? "").contains("anary"))
    }
}
