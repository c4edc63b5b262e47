import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// Guarantee 11: a single-use refresh token is used once, by one process, and its successor is stored before use, whatever
/// crashes; tokens are encrypted at rest and never written anywhere else.
@Suite(.timeLimit(.minutes(5)))
struct TokensAreSafe {
    @Test func manyProcessesRefreshATokenOnce() async throws {
        try await House.with(.empty, refreshTogether)
    }

    private func refreshTogether(_ house: House) async throws {
        try await house.addUser("user-700001", account: "7001", tweets: 5, expiresIn: -1)
        // Ended at X, though the database does not know it yet: found by the 401.
        try await house.addUser("user-700002", account: "7002", tweets: 5, expiresIn: -1, storedAs: 3600)
        for _ in 0..<3 { try house.start("repazoo-ingest") }
        var ids: [MessageID] = []
        for number in 0..<24 {
            ids.append(try await house.ingest(number % 2 == 0 ? "user-700001" : "user-700002"))
        }
        for id in ids { #expect(try await house.outcome(of: id, at: .ingest) == "done") }
        #expect(try await house.refreshes() == 2, "one for each user, though 24 jobs and 3 processes wanted one")
        #expect(try await house.number("select count(*) from audit_log where action = 'token.refresh'") == 2)
        #expect(try await house.number("select count(*) from oauth_tokens where refresh_sent_for is not null") == 0)
        #expect(
            try await house.number("select count(*) from oauth_tokens where expires_at > now() + interval '1 hour'")
                == 2)
        for program in house.programs { #expect(!program.text().contains("sandbox-refresh")) }
    }

    /// X took the token, and the answer never arrived: it is not sent again, and the user is told what to do.
    @Test func aLostAnswerNeverLeadsToAReplay() async throws {
        try await House.with(.empty, loseTheAnswer)
    }

    private func loseTheAnswer(_ house: House) async throws {
        try await house.addUser("user-700003", account: "7003", tweets: 5, expiresIn: -1)
        try await house.addUser("user-700004", account: "7004", tweets: 5, expiresIn: 100)
        try await house.setFaults("twitter/oauth2/token:truncate")
        try house.start("repazoo-ingest")
        let ended = try await house.ingest("user-700003")
        #expect(try await house.outcome(of: ended, at: .ingest) == "refused")
        #expect(try await house.reason(of: ended) == "reconsent_needed")
        let stillGood = try await house.ingest("user-700004")
        #expect(try await house.outcome(of: stillGood, at: .ingest) == "done", "the old token serves to its end")
        #expect(try await house.refreshes() == 2)

        try await house.setFaults(nil)
        let again = try await house.ingest("user-700003")
        #expect(try await house.outcome(of: again, at: .ingest) == "refused")
        #expect(try await house.refreshes() == 2, "never sent again")
    }

    @Test func aDeathBetweenAnswerAndCommitLeadsToConsentAnewAndNotToAReplay() async throws {
        try await House.with(.empty, dieInFlight)
    }

    private func dieInFlight(_ house: House) async throws {
        try await house.addUser("user-700005", account: "7005", tweets: 5, expiresIn: -1)
        try await house.setFaults("twitter/oauth2/token:slow=1s")
        let doomed = try house.start("repazoo-ingest")
        let id = try await house.ingest("user-700005")
        // Noted first, then sent: 400 ms later X has it, and takes a second to answer.
        try await eventually("it is on its way") {
            try await house.number(
                "select count(*) from oauth_tokens where refresh_sent_at < clock_timestamp() - interval '400 ms'") == 1
        }
        try await doomed.kill()
        try await eventually("X has honoured it") { try await house.refreshes() == 1 }
        try await house.setFaults(nil)
        // As if the time in which an answer may still be stored had passed.
        try await house.postgres.query("update oauth_tokens set refresh_sent_at = now() - interval '2 minutes'")
        try house.start("repazoo-ingest")
        #expect(try await house.outcome(of: id, at: .ingest) == "refused")
        #expect(try await house.reason(of: id) == "reconsent_needed")
        #expect(try await house.refreshes() == 1)

        // The backend stores what the user consented to anew: all is well again.
        try await house.postgres.query(
            "update oauth_tokens set refresh_token = null, expires_at = now() + interval '2 hours'")
        try await house.consentAnew("7005", "user-700005")
        let next = try await house.ingest("user-700005")
        #expect(try await house.outcome(of: next, at: .ingest) == "done")
    }

    /// One process waits for leave to refresh while another one, which had it sooner, is on its way to X. Turned away, it must not
    /// take the other's note for its own: whoever came next would send the token again.
    @Test func whoeverIsTurnedAwayLeavesTheNoteOfAnotherAlone() async throws {
        let wire = try FaultyWire(before: SharedServers.address(of: .redis))
        defer { wire.end() }
        try await House.with(.empty) { house in try await turnAway(house, wire) }
    }

    private func turnAway(_ house: House, _ wire: FaultyWire) async throws {
        try await house.addUser("user-700007", account: "7007", tweets: 5, expiresIn: -1)
        try await house.addUser("user-700008", account: "7008", tweets: 5)
        let redis = wire.url(house.addresses.redis)
        let waiting = try house.start("repazoo-ingest", [], ["REDIS_URL": redis, "CONSUMER_CONCURRENCY": "1"])
        try await eventually("it takes messages") { waiting.text().contains("\"consuming\"") }
        // It has called X before: what it asks Redis for now is leave alone.
        let first = try await house.ingest("user-700008")
        #expect(try await house.outcome(of: first, at: .ingest) == "done")
        // The next that it sends to Redis does not arrive: its question for leave, asked after the account was read.
        wire.tell(.stall(after: 0, .toServer))
        let held = try await house.ingest("user-700007")
        try await eventually("it asks for leave") { wire.struck == 1 }
        try await house.setFaults("twitter/oauth2/token:slow=3s")
        let sending = try house.start("repazoo-ingest")
        let sent = try await house.ingest("user-700007")
        let noted: SQL = "select count(*) from oauth_tokens where refresh_sent_for is not null"
        try await eventually("the other one's is on its way") { try await house.number(noted) == 1 }
        let said = waiting.text().count
        wire.cutAll()
        wire.tell(.refusing)
        try await eventually("it is turned away") { waiting.text().dropFirst(said).lowercased().contains("redis") }
        #expect(try await house.number(noted) == 1, "what is on its way stays noted")
        wire.tell(nil)
        for id in [sent, held] { #expect(try await house.outcome(of: id, at: .ingest) == "done") }
        #expect(try await house.refreshes() == 1)
        #expect(try await house.number("select count(*) from audit_log where action = 'token.refresh'") == 1)
        #expect(sending.isRunning && waiting.isRunning)
    }

    @Test func aRefusedRefreshWithdrawsTheConsent() async throws {
        try await House.with(.empty, refuse)
    }

    private func refuse(_ house: House) async throws {
        try await house.addUser("user-700006", account: "7006", tweets: 5, expiresIn: -1)
        // Used up behind our back: the family is dead.
        let form = "grant_type=refresh_token&refresh_token=sandbox-refresh-7006"
        for _ in 0..<2 { _ = try await house.oauth(form) }
        try house.start("repazoo-ingest")
        let id = try await house.ingest("user-700006")
        #expect(try await house.outcome(of: id, at: .ingest) == "refused")
        #expect(try await house.reason(of: id) == "consent_revoked")
        #expect(try await house.number("select count(*) from oauth_tokens where revoked_at is not null") == 1)
        #expect(
            try await house.number(
                "select count(*) from audit_log where action = 'token.refresh' and outcome = 'refused'") == 1)
    }
}

extension House {
    func ingest(_ user: String) async throws -> MessageID {
        try await publish(IngestRequest(userID: try #require(UserID(user)), analyze: false))
    }

    /// Requests for new tokens that X has had.
    func refreshes() async throws -> Int {
        let log = try await http.send(.init(.get, sandboxURL + "/sandbox/log?provider=twitter"))
        return String(decoding: log.body, as: UTF8.self).components(separatedBy: "\"path\":\"/twitter/2/oauth2/token\"")
            .count - 1
    }

    /// Why a request was refused, as the backend hears it.
    func reason(of id: MessageID) async throws -> String {
        let row = try await postgres.query(
            "select detail->>'reason' as reason from audit_log where detail->>'message_id' = \(id.rawValue)")
        return try row.first?.decode(String.self, "reason") ?? ""
    }

    func oauth(_ form: String) async throws -> Int {
        let basic = Data("client:canary-client-secret".utf8).base64EncodedString()
        return try await http.send(
            HTTPRequest(
                .post, sandboxURL + "/twitter/2/oauth2/token",
                headers: ["content-type": "application/x-www-form-urlencoded", "authorization": "Basic \(basic)"],
                body: .bytes(Array(form.utf8)))
        ).status
    }

    /// The account has a token at X again, the one that is stored.
    func consentAnew(_ account: String, _ user: String) async throws {
        let body = #"{"id":"\#(account)","access_token":"sandbox-\#(account)","expires_in":7200,"tweets":5}"#
        _ = try await http.send(
            HTTPRequest(
                .post, sandboxURL + "/sandbox/users", headers: ["content-type": "application/json"],
                body: .bytes(Array(body.utf8))))
    }
}
