import AMQP
import Contracts
import HouseKit
import TestKit
import Testing

extension OnceInEffect {
    @Test func concurrentDuplicatesOnThreeConsumersHaveOneEffect() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        plan.environment = ["CONSUMER_CONCURRENCY": "32"]
        try await House.with(plan, sendEachSixTimes)
    }

    private func sendEachSixTimes(_ house: House) async throws {
        let (messages, copies) = (300, 6)
        try await house.prepareForDrills(users: 20)
        let events = try await house.listen()
        var random = SeededRandom(seed: 5)
        let ids = (0..<messages).map { _ in random.uuid() }
        // Side by side, so that copies of one message are in the hands of several processes at once.
        try await house.publish(messages * copies) { number in
            (Array(#"{"user_id":"user-\#(number / copies % 20 + 1)","analyze":false}"#.utf8), ids[number / copies])
        }
        for _ in 0..<3 { try house.start("consumer-drill", ["run", "standard"]) }
        try await eventually("all are done", within: .seconds(60)) {
            try await house.number("select count(*) from receipts") == messages
        }
        try await house.isWorkedOff(.ingest)
        for program in house.programs { #expect(try await program.stop() == 0) }

        #expect(try await house.number("select count(*) from drill_effects") == messages)
        #expect(try await house.number("select count(distinct message_id) from drill_effects") == messages)
        #expect(try await house.number("select count(*) from audit_log") == messages)
        #expect(try await house.auditChainsHold())
        let heard = try await house.drain(events).compactMap(\.properties.messageID)
        let expected = Set(
            ids.compactMap { MessageID($0).map { MessageID.derived(from: $0, name: "ingest.completed").rawValue } })
        #expect(Set(heard) == expected)
        #expect(
            heard.count > messages, "copies announce again what the receipt holds: an announcement may have been lost")
        #expect(try await house.messages(in: "repazoo.ingest.dead") == 0)
        print(
            "duplicates | \(messages) messages \(copies) times each: \(messages) effects, \(heard.count) events under \(expected.count) ids"
        )
    }

    /// A second announcement is byte for byte the first: the receipt holds it.
    @Test func aRedeliveryRepeatsTheRecordedFollowUps() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan, redeliver)
    }

    private func redeliver(_ house: House) async throws {
        try await house.prepareForDrills(users: 1)
        let events = try await house.listen()
        try house.start("consumer-drill", ["run", "standard"])
        let id = MessageID.random()
        let request = IngestRequest(userID: try #require(UserID("user-1")), analyze: false)
        for copy in 1...3 {
            try await house.publish(request, id: id)
            try await eventually("announced \(copy) times") { try await house.messages(in: events) == copy }
        }
        let heard = try await house.drain(events)
        #expect(Set(heard.map(\.body)).count == 1)
        #expect(
            Set(heard.map(\.properties.messageID)) == [MessageID.derived(from: id, name: "ingest.completed").rawValue])
        #expect(try await house.number("select count(*) from drill_effects") == 1)
    }
}
