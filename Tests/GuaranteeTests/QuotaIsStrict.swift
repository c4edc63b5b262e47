import AMQP
import Contracts
import Foundation
import HouseKit
import Postgres
import Quotas
import TestKit
import Testing

/// Guarantee 6: never over, charged once for each analysis, given back when the analysis did not happen.
@Suite(.timeLimit(.minutes(5)))
struct QuotaIsStrict {
    // MARK: Races

    /// 8,000 messages for one user, eight processes, a quota of 100.
    @Test func eightProcessesChargeExactlyWhatThereIs() async throws {
        try await race(jobs: 8_000, fickle: false) { house, done in
            let used = try await house.number("select used from usage where user_id = 'user-1'")
            #expect(done == 100 && used == 100)
        }
    }

    /// The same where every fourth job is refused or dies after it has reserved: what it gives back can be had again, once.
    @Test func whatIsGivenBackIsChargedAgainAndNeverTwice() async throws {
        try await race(jobs: 2_000, fickle: true) { house, done in
            let used = try await house.number("select used from usage where user_id = 'user-1'")
            #expect(done <= 100 && done > 50 && used == done)
            let dead = try await house.messages(in: "repazoo.analyze.dead")
            #expect(dead > 10, "some gave back by dying")
        }
    }

    private func race(
        jobs: Int, fickle: Bool, _ check: @escaping @Sendable (House, Int) async throws -> Void
    ) async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        plan.environment = ["QUOTA_PRO": "100", "FICKLE": fickle ? "1" : "0", "LOG_LEVEL": "warning"]
        try await House.with(plan) { house in
            try await house.addUsers(1)
            let start = ContinuousClock.now
            try await house.askForAnalyses(jobs, of: "user-1")
            for _ in 0..<8 { try house.start("consumer-drill", ["run", "quota"]) }
            var most = 0
            let settled = fickle ? "all are settled" : "all have a receipt"
            try await eventually(settled, within: .seconds(180)) {
                most = max(most, try await house.number("select coalesce(max(used), 0) from usage"))
                let receipts = try await house.number("select count(*) from receipts")
                return receipts + (fickle ? try await house.messages(in: "repazoo.analyze.dead") : 0) == jobs
            }
            try await house.isWorkedOff(.analyze)
            for program in house.programs { #expect(try await program.stop() == 0) }
            #expect(most <= 100, "at no time over")
            #expect(try await house.number("select count(*) from quota_reservations") == 0)
            let done = try await house.number("select count(*) from receipts where outcome = 'done'")
            try await check(house, done)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print(
                "quota | 8 processes, \(jobs) jobs, quota 100\(fickle ? ", some give back" : ""): \(done) charged, \(Int(seconds)) s"
            )
        }
    }

    // MARK: Crashes

    @Test func aDeathAtAnyStepChargesOnce() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan, die)
    }

    private func die(_ house: House) async throws {
        try await house.addUsers(8)
        let steps = ["received", "decoded", "recognised", "admitted", "worked", "committed", "announced", "settled"]
        for (number, step) in steps.enumerated() {
            let user = "user-\(number + 1)"
            let id = MessageID.random()
            try await house.dies("quota", at: step) {
                try await house.publish(AnalyzeRequest(userID: try #require(UserID(user))), id: id)
            }
            let reserved = try await house.number("select count(*) from quota_reservations where user_id = \(user)")
            let used = try await house.number("select coalesce(sum(used), 0) from usage where user_id = \(user)")
            #expect(reserved == (step == "worked" ? 1 : 0) && used == (number < 4 ? 0 : 1), "\(step)")
            let next = try house.start("consumer-drill", ["run", "quota"])
            #expect(try await house.outcome(of: id, at: .analyze) == "done", "\(step)")
            try await house.isWorkedOff(.analyze)
            #expect(try await next.stop() == 0)
            #expect(try await house.number("select used from usage where user_id = \(user)") == 1, "\(step)")
            #expect(try await house.number("select count(*) from quota_reservations") == 0, "\(step)")
        }
    }

    /// A message that the broker gives up has no consumer that could give back: its dead letter does. Replayed, it is charged again.
    @Test func theDeadAreGivenBackAndChargedWhenTheyAreReplayed() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan, dieForGood)
    }

    private func dieForGood(_ house: House) async throws {
        try await house.addUsers(1)
        let id = MessageID.random()
        try await house.dies("quota", at: "worked") {
            try await house.publish(AnalyzeRequest(userID: try #require(UserID("user-1"))), id: id)
        }
        #expect(try await house.number("select used from usage") == 1)
        // As the broker does after the last delivery.
        var letter: Delivery?
        try await eventually("the broker has it again") {
            letter = try await house.drain("repazoo.analyze").first
            return letter != nil
        }
        let given = try #require(letter)
        try await house.publisher.publish(
            Publication(
                exchange: "repazoo.dead", routingKey: "repazoo.analyze", properties: given.properties, body: given.body)
        )
        try house.start("repazoo-alert")
        try await eventually("its dead letter is stored, and gives the quota back") {
            try await house.number("select used from usage") == 0
        }
        #expect(try await house.number("select count(*) from quota_reservations") == 0)

        try house.start("consumer-drill", ["run", "quota"])
        let replay = try house.start("repazoo", ["dead", "replay", "--all"])
        #expect(try await replay.ended() == 0, "\(replay.text())")
        #expect(try await house.outcome(of: id, at: .analyze) == "done")
        #expect(try await house.number("select used from usage") == 1)
    }

    // MARK: Months and tiers

    @Test func aMonthEndsAtMidnightUTCAndATierChangeCountsAtOnce() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan, countMonths)
    }

    private func countMonths(_ house: House) async throws {
        try await house.addUsers(2)
        let gate = QuotaGate(postgres: house.postgres, allowances: .init(basic: 2, pro: 4))
        let user = try #require(UserID("user-1"))
        let midnight = try #require(RFC3339.date("2026-12-01T00:00:00Z"))
        func reserve(_ tier: String, _ time: Date, _ id: MessageID = .random()) async throws -> Bool {
            try await gate.reserve(id, for: user, tier: tier, at: time)
        }
        let first = MessageID.random()
        #expect(try await reserve("basic", midnight - 0.001, first))
        #expect(try await reserve("basic", midnight - 0.001, first), "the same message again costs nothing")
        #expect(try await reserve("basic", midnight - 0.001))
        #expect(try await !reserve("basic", midnight - 0.001))
        #expect(try await reserve("basic", midnight), "a new month")
        #expect(try await reserve("pro", midnight - 1), "a better tier counts at once")
        #expect(try await reserve("pro", midnight - 1))
        #expect(try await !reserve("pro", midnight - 1))
        #expect(try await !reserve("basic", midnight - 1), "a lesser one takes nothing back, and gives nothing")
        #expect(try await house.number("select used from usage where period = '2026-11'") == 4)

        // Begun in November, stored in December: charged to November.
        try await house.postgres.atomically([gate.settle(first, for: user, tier: "basic", at: midnight + 5)])
        #expect(try await house.number("select used from usage where period = '2026-11'") == 4)
        #expect(try await house.number("select used from usage where period = '2026-12'") == 1)
        #expect(try await house.number("select count(*) from quota_reservations") == 4)
    }

    /// A message that is nowhere any more: purged, or lost with a broker's disk.
    @Test func theAbandonedAreGivenBackAfterThreeDays() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan, abandon)
    }

    private func abandon(_ house: House) async throws {
        try await house.addUsers(1)
        let gate = QuotaGate(postgres: house.postgres, allowances: .init(pro: 1))
        let (user, now) = (try #require(UserID("user-1")), Date())
        let (lost, next, third) = (MessageID.random(), MessageID.random(), MessageID.random())
        #expect(try await gate.reserve(lost, for: user, tier: "pro", at: now))
        for (age, isFree) in [("2 days 23 hours 59 minutes", false), ("3 days 1 minute", true)] {
            try await house.postgres.query("update quota_reservations set touched_at = now() - \(age)::text::interval")
            #expect(try await gate.reserve(next, for: user, tier: "pro", at: now) == isFree, "\(age)")
        }
        #expect(try await house.number("select used from usage") == 1)
        // It was not lost after all, and has no quota any more.
        let late = await #expect(throws: PostgresError.self) {
            try await house.postgres.atomically([gate.settle(lost, for: user, tier: "pro", at: now)])
        }
        #expect(late?.sqlState == QuotaGate.usedUpState)
        try await house.postgres.atomically([QuotaGate.giveBack(next), QuotaGate.giveBack(next)])
        #expect(try await house.number("select used from usage") == 0, "given back once")
        try await house.postgres.atomically([gate.settle(lost, for: user, tier: "pro", at: now)])
        #expect(try await house.number("select used from usage") == 1)
        #expect(try await !gate.reserve(third, for: user, tier: "pro", at: now))
    }
}

extension House {
    /// So many messages, each with an id of its own, all confirmed.
    func askForAnalyses(_ count: Int, of user: String) async throws {
        let body = Array(#"{"user_id":"\#(user)"}"#.utf8)
        try await publish(count, type: "repazoo.analyze.v1", key: "analyze") { _ in (body, MessageID.random().rawValue)
        }
    }
}
