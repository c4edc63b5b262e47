import AMQP
import Contracts
import Foundation
import HouseKit
import Postgres
import TestKit
import Testing

/// Guarantee 12: a tick runs once per slot, whoever publishes it and however often.
@Suite(.timeLimit(.minutes(5)))
struct TicksRunOnce {
    private static let steps = [
        "received", "decoded", "recognised", "admitted", "worked", "committed", "announced", "settled",
    ]

    @Test func onceHoweverOftenAndWhoeverPublishesIt() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        plan.consumers = ["repazoo-retention", "repazoo-retention", "repazoo-retention"]
        try await House.with(plan, publishOften)
    }

    private func publishOften(_ house: House) async throws {
        let events = try await house.listen(to: "retention.completed")
        try await house.addDueTweets(users: 30)
        let tick = Tick(schedule: "retention", slot: Date.now)
        let ids = (0..<8).map { _ in MessageID.random() }
        // Side by side, and each three times under its id.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for copy in 0..<24 { group.addTask { try await house.publish(tick, id: ids[copy % 8]) } }
            try await group.waitForAll()
        }
        for id in ids { #expect(try await house.outcome(of: id, at: .retention) == "done") }
        try await house.isWorkedOff(.retention)

        #expect(try await house.ticksWorked() == 1)
        let owner = try await house.postgres.query("select message_id from tick_slots")[0].decode(String.self, at: 0)
        let heard = Set(try await house.drain(events).compactMap(\.properties.messageID))
        let expected = try #require(MessageID(owner).map { MessageID.derived(from: $0, name: "retention.completed") })
        #expect(heard == [expected.rawValue])
        #expect(try await house.number("select count(*) from twitter_data where deleted_at is null") == 0)
        #expect(
            try await house.number(
                "select count(*) from audit_log where action = 'retention.soft_delete'") == 30, "one entry per user")
        // The next slot is another tick.
        let next = try await house.publish(Tick(schedule: "retention", slot: Date.now))
        #expect(try await house.outcome(of: next, at: .retention) == "done")
        #expect(try await house.ticksWorked() == 2)
        print("ticks | 24 copies under 8 ids through 3 consumers: worked once")
    }

    @Test func aSlotToComeOrLongPastIsRefusedAndAlerted() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        plan.consumers = ["repazoo-retention"]
        try await House.with(plan, publishAtWrongTimes)
    }

    private func publishAtWrongTimes(_ house: House) async throws {
        let events = try await house.listen(to: "alert.opened")
        try await house.addDueTweets(users: 2)
        for (offset, reason) in [(3600.0, "slot_in_future"), (-7 * 86400 - 60, "slot_too_old")] {
            let id = try await house.publish(Tick(schedule: "retention", slot: Date.now + offset))
            #expect(try await house.outcome(of: id, at: .retention) == "refused")
            try await eventually("the alert is announced") { try await house.messages(in: events) > 0 }
            let event = try Event.decode(try #require(try await house.drain(events).first).body)
            #expect(event.reason == reason && event.detail["rule"] == "tick_refused")
        }
        #expect(try await house.ticksWorked() == 0)
        #expect(try await house.number("select count(*) from twitter_data where deleted_at is null") == 6)
        let id = try await house.publish(Tick(schedule: "retention", slot: Date.now - 7 * 86400 + 60))
        #expect(try await house.outcome(of: id, at: .retention) == "done")
        #expect(try await house.ticksWorked() == 1)
    }

    @Test func aDeathAtAnyStepOfATickLeadsToTheSameEnd() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan, killTicks)
    }

    private func killTicks(_ house: House) async throws {
        for (number, step) in Self.steps.enumerated() {
            try await house.addDueTweets(users: 3, named: "user-\(step)")
            let tick = Tick(schedule: "retention", slot: Date.now)
            let id = MessageID.random()
            try await house.dies("retention", at: step) { try await house.publish(tick, id: id) }
            let next = try house.start("repazoo-retention")
            #expect(try await house.outcome(of: id, at: .retention) == "done", "\(step)")
            try await house.isWorkedOff(.retention)
            #expect(try await next.stop() == 0)
            #expect(try await house.ticksWorked() == number + 1, "\(step)")
            #expect(try await house.number("select count(*) from twitter_data where deleted_at is null") == 0)
        }
        #expect(
            try await house.number("select count(*) from audit_log where action = 'retention.soft_delete'")
                == 3 * Self.steps.count)
        #expect(try await house.number("select count(*) from audit_faults('-infinity')") == 0)
    }
}

extension House {
    /// Users with three tweets each whose time is over.
    func addDueTweets(users: Int, named name: String = "user") async throws {
        try await postgres.query(
            """
            with made as (
                insert into users (id, last_active_at) select \(name) || '-' || n, now() from generate_series(1, \(users)::integer) n
                returning id)
            insert into twitter_data (user_id, tweet_id, text, retain_until)
            select id, t::text, 'canary', now() - interval '10 days' from made, generate_series(1, 3) t
            """)
    }

    func ticksWorked() async throws -> Int {
        try await number("select count(*) from audit_log where action = 'retention.tick' and outcome = 'done'")
    }
}
