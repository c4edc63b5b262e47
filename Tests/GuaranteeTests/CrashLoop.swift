import AMQP
import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

extension NothingIsLost {
    /// A message that kills whoever works on it ends dead, by the broker's count, and takes nobody with it: not even those that
    /// never get done while it is about.
    @Test func aMessageThatKeepsKillingItsConsumerEndsDeadAlone() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan, loop)
    }

    private func loop(_ house: House) async throws {
        try await house.prepareForDrills(users: 10)
        let deadly = MessageID.random()
        func request(_ user: Int, _ manner: Int) -> [UInt8] {
            Array(#"{"user_id":"user-\#(user)","analyze":false,"max_tweets":\#(manner)}"#.utf8)
        }
        for number in 0..<40 {
            if number == 7 {
                try await house.publish(request(1, 3101), id: deadly.rawValue, type: "repazoo.ingest.v1", key: "ingest")
            }
            try await house.publish(
                request(number % 10 + 1, 3103), id: MessageID.random().rawValue, type: "repazoo.ingest.v1",
                key: "ingest"
            )
        }
        // Two processes side by side, each replaced when it dies, as an orchestrator does.
        var running = (try (0..<2).map { _ in try house.start("consumer-drill", ["run", "standard"]) })
        try await eventually("the deadly one is dead", within: .seconds(120)) {
            for (place, program) in running.enumerated() where !program.isRunning {
                #expect(try await program.ended() == SIGKILL)
                running[place] = try house.start("consumer-drill", ["run", "standard"])
            }
            return try await house.messages(in: "repazoo.ingest.dead") > 0
        }
        try await eventually("the others are done", within: .seconds(60)) {
            try await house.number("select count(*) from receipts where outcome = 'done'") == 40
        }
        let dead = try await house.drain("repazoo.ingest.dead")
        #expect(dead.map(\.properties.messageID) == [deadly.rawValue], "nobody else died with it")
        #expect(dead.first?.properties.headers["x-first-death-reason"]?.string == "delivery_limit")
        #expect(try await house.number("select count(*) from drill_effects") == 40)
        // A delivery limit of 20 is 21 deliveries, each of which ends in a death: but for one that meets its subscription cancelled on the
        // way from the queue to the channel. RabbitMQ gives that one back itself and counts it (in one of five loops whose deliveries were traced).
        let deaths = house.programs.count { !$0.isRunning }
        #expect((19...21).contains(deaths), "\(deaths) deaths")
        print("crash loop | \(deaths) deaths; dead letters: the deadly one; done: 40 of 40 others")
    }
}
