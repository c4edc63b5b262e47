import AMQP
import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

/// SIGKILL of a real consumer at every step of a message's life; the next process brings it to the same end.
extension NothingIsLost {
    private static let steps = [
        "received", "decoded", "recognised", "admitted", "worked", "committed", "announced", "settled",
    ]

    @Test func aDeathAtAnyStepOfIngestLeadsToTheSameEnd() async throws {
        try await House.with(.empty, killIngest)
    }

    private func killIngest(_ house: House) async throws {
        let events = try await house.listen()
        for (number, step) in Self.steps.enumerated() {
            let (user, account) = ("user-ingest-\(step)", "31\(number)")
            try await house.addUser(user, account: account, tweets: 12)
            let id = MessageID.random()
            try await house.dies("ingest", at: step) {
                try await house.publish(IngestRequest(userID: try #require(UserID(user))), id: id)
            }
            let atDeath = try await house.state(of: id, user)
            let calls = try await house.callsToX()
            try await house.isTakenUp(by: "repazoo-ingest", announcingTo: events)
            #expect(try await house.outcome(of: id, at: .ingest) == "done", "\(step)")

            let atEnd = try await house.state(of: id, user)
            #expect(atEnd == House.State(tweets: 12, analyses: 0, used: 0, receipts: 1, audit: 1), "\(step)")
            let more = try await house.callsToX() - calls
            #expect(more == (atDeath.receipts == 0 ? 1 : 0), "\(step): what is done is not asked of X again")
            let announced = try await house.copies(of: .derived(from: id, name: "ingest.completed"), in: events)
            let requested = try await house.copies(
                of: .derived(from: id, name: MessageType.analyze.rawValue), in: "repazoo.analyze")
            #expect(announced >= 1 && requested >= 1, "\(step)")
            print(
                "crash matrix | ingest   | \(step.padded) | at death: \(atDeath) | end: \(atEnd), "
                    + "event \(announced)×, analyze request \(requested)× under one id")
        }
        #expect(try await house.messages(in: "repazoo.ingest.dead") == 0)
    }

    @Test func aDeathAtAnyStepOfAnalyzeChargesAndStoresOnce() async throws {
        try await House.with(.empty, killAnalyze)
    }

    private func killAnalyze(_ house: House) async throws {
        let events = try await house.listen(to: "analysis.*")
        let ingest = try house.start("repazoo-ingest")
        for (number, step) in Self.steps.enumerated() {
            let (user, account) = ("user-analyze-\(step)", "32\(number)")
            try await house.addUser(user, account: account, tweets: 12)
            let stored = try await house.publish(
                IngestRequest(userID: try #require(UserID(user)), analyze: false))
            #expect(try await house.outcome(of: stored, at: .ingest) == "done")
            let id = MessageID.random()
            try await house.dies("analyze", at: step) {
                try await house.publish(AnalyzeRequest(userID: try #require(UserID(user))), id: id)
            }
            let atDeath = try await house.state(of: id, user)
            try await house.isTakenUp(by: "repazoo-analyze", announcingTo: events)
            #expect(try await house.outcome(of: id, at: .analyze) == "done", "\(step)")

            let atEnd = try await house.state(of: id, user)
            #expect(atEnd == House.State(tweets: 12, analyses: 1, used: 1, receipts: 1, audit: 2), "\(step)")
            let announced = try await house.copies(of: .derived(from: id, name: "analysis.completed"), in: events)
            #expect(announced >= 1, "\(step)")
            print(
                "crash matrix | analyze  | \(step.padded) | at death: \(atDeath) | end: \(atEnd), event \(announced)× under one id"
            )
        }
        #expect(ingest.isRunning)
        #expect(try await house.messages(in: "repazoo.analyze.dead") == 0)
    }

    /// The other ends of a message: refused, put off, dead.
    @Test func aDeathAroundARefusalARetryAndABurialLosesNothing() async throws {
        try await House.with(.empty, killOtherEnds)
    }

    private func killOtherEnds(_ house: House) async throws {
        let events = try await house.listen()
        for step in ["committed", "announced", "settled"] {
            let user = "user-refused-\(step)"
            try await house.addUser(user, account: "331", tweets: 5)
            try await house.postgres.query("update oauth_tokens set revoked_at = now() where user_id = \(user)")
            let id = MessageID.random()
            try await house.dies("ingest", at: step) {
                try await house.publish(IngestRequest(userID: try #require(UserID(user))), id: id)
            }
            try await house.isTakenUp(by: "repazoo-ingest", announcingTo: events)
            #expect(try await house.outcome(of: id, at: .ingest) == "refused")
            #expect(
                try await house.state(of: id, user)
                    == House.State(tweets: 0, analyses: 0, used: 0, receipts: 1, audit: 1))
            let announced = try await house.copies(of: .derived(from: id, name: "ingest.refused"), in: events)
            #expect(announced >= 1)
            print("crash matrix | refusal  | \(step.padded) | end: refused once, event \(announced)× under one id")
        }
        for step in ["announced", "settled"] {
            try await retried(house, step)
            try await buried(house, step)
        }
    }

    private func retried(_ house: House, _ step: String) async throws {
        let user = "user-retried-\(step)"
        try await house.addUser(user, account: step == "settled" ? "341" : "342", tweets: 5)
        try await house.setFaults("twitter:500@1")
        let id = MessageID.random()
        try await house.dies("ingest", at: step) {
            try await house.publish(IngestRequest(userID: try #require(UserID(user)), analyze: false), id: id)
        }
        try await house.setFaults(nil)
        // Now it is there twice: in the ladder, and given back by the broker.
        let next = try house.start("repazoo-ingest")
        #expect(try await house.outcome(of: id, at: .ingest) == "done")
        try await eventually("the copy in the ladder has come", within: .seconds(30)) {
            guard try await house.ladderIsEmpty() else { return false }
            return try await house.messages(in: "repazoo.ingest") == 0
        }
        try await house.isWorkedOff(.ingest)
        #expect(try await next.stop() == 0)
        #expect(
            try await house.state(of: id, user) == House.State(tweets: 5, analyses: 0, used: 0, receipts: 1, audit: 1))
        print("crash matrix | retry    | \(step.padded) | end: two copies, one effect")
    }

    private func buried(_ house: House, _ step: String) async throws {
        let id = MessageID.random().rawValue
        try await house.dies("ingest", at: step) {
            try await house.publish(Array("{".utf8), id: id, type: "repazoo.ingest.v1", key: "ingest")
        }
        let next = try house.start("repazoo-ingest")
        try await eventually("the work queue is empty") { try await house.messages(in: "repazoo.ingest") == 0 }
        try await house.isWorkedOff(.ingest)
        #expect(try await next.stop() == 0)
        let letters = try await house.drain("repazoo.ingest.dead")
        #expect(!letters.isEmpty && letters.allSatisfy { $0.properties.messageID == id })
        print("crash matrix | burial   | \(step.padded) | end: dead \(letters.count)× under one id")
    }
}
