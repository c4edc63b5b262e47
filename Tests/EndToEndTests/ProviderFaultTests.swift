import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// X at its worst, over real HTTP, and the consumer as a real process: whatever X does, every tweet is stored once.
@Suite(.timeLimit(.minutes(5)))
struct ProviderFaultTests {
    private func plan(_ environment: [String: String]) -> House.Plan {
        var plan = House.Plan()
        plan.consumers = ["repazoo-ingest"]
        plan.environment = environment
        return plan
    }

    // MARK: Limits

    @Test func aRateLimitedTimelineGoesOnAtThePageWhereItStopped() async throws {
        try await House.with(plan(["TWITTER_RATE_LIMIT": "4/3s"]), putOff)
    }

    private func putOff(_ house: House) async throws {
        try await house.addUser("user-920001", account: "9201", tweets: 1000)
        let start = ContinuousClock.now
        let id = try await house.ingest("user-920001", 1000)
        #expect(try await house.outcome(of: id, at: .ingest) == "done")
        let windows = (ContinuousClock.now - start) / .seconds(3) + 1
        let calls = try await house.calls(of: "9201")
        #expect(try await house.number("select count(*) from twitter_data") == 1000)
        // Ten pages, and the look for what came meanwhile.
        #expect(calls == 11, "no page was asked for twice")
        #expect(Double(calls) <= 4 * windows.rounded(.up))
        #expect(try await house.violations("postponed") == 1, "put off again and again, and said once")
        #expect(try await house.violations("refused") == 0)
        let log = house.programs.map { $0.text() }.joined()
        #expect(log.contains("\"reason\":\"rate_limited\"") && log.contains("comes back later"))
        #expect(!log.contains("\"attempt\":\"2\""), "waiting counts as no attempt")
        #expect(try await house.reads(of: id) == 1000)
        #expect(try await house.stored(by: id) == 1000)
    }

    /// Every other call is refused, and the reset that X names lies in the past or is near.
    @Test(arguments: ["429=1s@2", "past-reset@2"])
    func aStormOf429sBurnsNoAttempt(fault: String) async throws {
        // A short window, so that the least pause after a 429 is short too.
        try await House.with(plan(["TWITTER_RATE_LIMIT": "1000/1s", "TWITTER_APP_RATE_LIMIT": "1000/1s"])) { house in
            try await house.setFaults("twitter/users:\(fault)")
            try await house.addUser("user-920002", account: "9202", tweets: 400)
            try await house.addUser("user-920003", account: "9203", tweets: 400)
            let ids = [try await house.ingest("user-920002", 400), try await house.ingest("user-920003", 400)]
            for id in ids { #expect(try await house.outcome(of: id, at: .ingest) == "done") }
            #expect(try await house.number("select count(*) from twitter_data") == 800)
            let refused = try await house.refusedCalls()
            #expect(refused >= 4)
            #expect(try await house.violations("refused") == refused, "each is in the audit trail")
            #expect(!house.programs.contains { $0.text().contains("\"attempt\":\"2\"") })
        }
    }

    @Test func theUsageCapPutsOffEverybodyAndTellsOnce() async throws {
        try await House.with(plan([:])) { house in
            try await house.setFaults("twitter/users:usage-cap")
            for number in 0..<3 {
                try await house.addUser("user-92010\(number)", account: "921\(number)", tweets: 10)
                try await house.ingest("user-92010\(number)", 10)
            }
            try await eventually("all of them wait", within: .seconds(30)) {
                house.programs.map { $0.text().components(separatedBy: "\"reason\":\"usage_capped\"").count - 1 }
                    .reduce(0, +) == 3
            }
            #expect(
                try await house.number("select count(*) from audit_log where action = 'provider.usage_capped'") == 1)
            #expect(
                try await house.violations("postponed") + house.violations("refused") == 0, "a cap is no rate limit")
        }
    }

    // MARK: Answers

    /// One fault in the middle of the reading: the next attempt goes on there.
    @Test func everyBrokenAnswerIsOvercome() async throws {
        try await House.with(plan(["TWITTER_TIMEOUT": "1s"]), breakAnswers)
    }

    private func breakAnswers(_ house: House) async throws {
        let faults = ["503", "500", "truncate", "garbage", "drip", "flood", "slow=5s", "extra-fields"]
        // Each has its own; few enough at a time that the circuit stays closed.
        for half in [faults.indices.prefix(4), faults.indices.suffix(4)] {
            try await breakAnswers(half.map { ($0, faults[$0]) }, house)
        }
        #expect(try await house.number("select count(*) from ingest_runs") == 0)
    }

    private func breakAnswers(_ faults: [(Int, String)], _ house: House) async throws {
        let rules = faults.map { "twitter/users/922\($0):\($1)@2" }
        try await house.setFaults(rules.joined(separator: ","))
        var ids: [MessageID] = []
        for (number, _) in faults {
            try await house.addUser("user-92020\(number)", account: "922\(number)", tweets: 250)
            ids.append(try await house.ingest("user-92020\(number)", 250))
        }
        // The second call and the fourth fail.
        for (number, _) in faults {
            try await eventually("the fault was met", within: .seconds(30)) {
                try await house.calls(of: "922\(number)") >= 2
            }
        }
        try await house.setFaults(nil)
        for ((number, fault), id) in zip(faults, ids) {
            let (user, account) = ("user-92020\(number)", "922\(number)")
            #expect(try await house.outcome(of: id, at: .ingest) == "done", "\(fault)")
            #expect(
                try await house.number("select count(*) from twitter_data where user_id = \(user)") == 250, "\(fault)")
            // Until all have met theirs, a page may fail twice.
            #expect(try await house.calls(of: account) <= 7, "\(fault)")
            let reads = try await house.reads(of: id)
            #expect(reads == 250, "\(fault): page one was not read again")
        }
    }

    @Test func pagesThatRepeatOrAreEmptyLoseAndDoubleNothing() async throws {
        try await House.with(plan([:]), misleadPages)
    }

    private func misleadPages(_ house: House) async throws {
        for (number, fault) in ["repeat-page@2", "repeat-page@3", "empty-page@2", "empty-page@3"].enumerated() {
            let (user, account) = ("user-92030\(number)", "923\(number)")
            try await house.addUser(user, account: account, tweets: 450)
            try await house.setFaults("twitter/users:\(fault)")
            let id = try await house.ingest(user, 450)
            #expect(try await house.outcome(of: id, at: .ingest) == "done", "\(fault)")
            #expect(
                try await house.number("select count(*) from twitter_data where user_id = \(user)") == 450, "\(fault)")
            #expect(try await house.stored(by: id) == 450, "\(fault): each counted once")
        }
        // A page that X passes over cannot be known of; nothing else comes of it.
        try await house.addUser("user-920310", account: "9240", tweets: 450)
        try await house.setFaults("twitter/users:skip-page@2")
        let skipped = try await house.ingest("user-920310", 450)
        #expect(try await house.outcome(of: skipped, at: .ingest) == "done")
        #expect(try await house.stored(by: skipped) < 450)
        // A circle ends after a few rounds, and the attempt after it does not begin inside of it.
        try await house.addUser("user-920311", account: "9241", tweets: 450)
        try await house.setFaults("twitter/users:circle-pages@2")
        let circled = try await house.ingest("user-920311", 450)
        try await eventually("the circle was noticed", within: .seconds(30)) {
            house.programs.contains { $0.text().contains("lead in a circle") }
        }
        #expect(try await house.calls(of: "9241") < 12)
        try await house.setFaults(nil)
        #expect(try await house.outcome(of: circled, at: .ingest) == "done")
        #expect(try await house.number("select count(*) from twitter_data where user_id = 'user-920311'") == 450)
    }

    // MARK: Accounts and edits

    @Test func accountsThatCannotBeReadAreNamedRefusals() async throws {
        try await House.with(plan([:]), refuse)
    }

    private func refuse(_ house: House) async throws {
        let states = ["protected", "suspended", "gone"]
        for (number, state) in states.enumerated() {
            let (user, account) = ("user-92040\(number)", "925\(number)")
            try await house.addUser(user, account: account, tweets: 10)
            try await house.sandbox(
                "users", #"{"id":"\#(account)","state":"\#(state)","access_token":"sandbox-\#(account)"}"#)
            let id = try await house.ingest(user, 10)
            #expect(try await house.outcome(of: id, at: .ingest) == "refused")
            #expect(try await house.refusal(of: id) == "account_\(state)")
        }
        #expect(try await house.number("select count(*) from twitter_data") == 0)
    }

    @Test func anEditSupersedesWhatStoodBefore() async throws {
        try await House.with(plan([:]), edit)
    }

    private func edit(_ house: House) async throws {
        try await house.addUser("user-920501", account: "9261", tweets: 20)
        #expect(try await house.outcome(of: house.ingest("user-920501", 20), at: .ingest) == "done")
        let old = try #require(
            try await house.postgres.query("select tweet_id from twitter_data where text <> '' limit 1").first
        ).decode(String.self, at: 0)
        try await house.sandbox("edits", #"{"id":"9261","tweet_id":"\#(old)","text":"corrected words"}"#)
        #expect(try await house.outcome(of: house.ingest("user-920501", 20), at: .ingest) == "done")
        #expect(
            try await house.number(
                """
                select count(*) from twitter_data as old join twitter_data as new on new.tweet_id = old.superseded_by
                where old.tweet_id = \(old) and old.text = '' and old.metrics = '{}' and old.deleted_at is not null
                  and new.text = 'corrected words' and new.deleted_at is null
                """) == 1)
        #expect(try await house.number("select count(*) from twitter_data where deleted_at is null") == 20)
    }
}

extension House {
    @discardableResult
    fileprivate func ingest(_ user: String, _ tweets: Int) async throws -> MessageID {
        try await publish(
            IngestRequest(userID: try #require(UserID(user)), maxTweets: max(1, tweets), analyze: false))
    }

    fileprivate func log() async throws -> String {
        let log = try await http.send(.init(.get, sandboxURL + "/sandbox/log?provider=twitter"))
        return String(decoding: log.body, as: UTF8.self)
    }

    /// Requests for pages of one account that X has had.
    fileprivate func calls(of account: String) async throws -> Int {
        try await log().components(separatedBy: "/users/\(account)/tweets\"").count - 1
    }

    fileprivate func refusedCalls() async throws -> Int {
        try await log().components(separatedBy: "\"status\":429").count - 1
    }

    fileprivate func violations(_ outcome: String) async throws -> Int {
        try await number(
            "select count(*) from audit_log where action = 'rate_limit.violation' and outcome = \(outcome)")
    }

    /// A number in the detail of a message's last audit entry.
    private func detail(_ name: String, of id: MessageID) async throws -> Int {
        try await number(
            """
            select (detail->>\(name))::bigint from audit_log
            where detail->>'message_id' = \(id.rawValue) and action = 'ingest' and outcome = 'done'
            """)
    }

    /// Posts that X delivered for a message, over all of its attempts. Not only the last one's: an attempt that finishes the run and
    /// fails after that leaves the next one nothing to read.
    fileprivate func reads(of id: MessageID) async throws -> Int {
        try await number(
            """
            select max((detail->>'reads')::bigint) from audit_log
            where detail->>'message_id' = \(id.rawValue) and action = 'ingest' and outcome in ('page', 'done')
            """)
    }

    fileprivate func stored(by id: MessageID) async throws -> Int { try await detail("tweets", of: id) }

    fileprivate func refusal(of id: MessageID) async throws -> String {
        try await postgres.query(
            "select detail->>'reason' from audit_log where detail->>'message_id' = \(id.rawValue)"
        ).first?.decode(String.self, at: 0) ?? ""
    }

    fileprivate func sandbox(_ path: String, _ body: String) async throws {
        let answer = try await http.send(
            HTTPRequest(
                .post, sandboxURL + "/sandbox/" + path, headers: ["content-type": "application/json"],
                body: .bytes(Array(body.utf8))))
        #expect((200..<300).contains(answer.status), "\(String(decoding: answer.body, as: UTF8.self))")
    }
}
