import Contracts
import HouseKit
import TestKit
import Testing

extension NothingIsLost {
    /// 1,000 messages that are none among 10,000 good ones: all dead with their reason, and the good ones hardly later.
    @Test func poisonDoesNotHoldUpTheGood() async throws {
        // The best of up to four runs each: what else goes on on the machine must not decide.
        var (alone, among) = (Double.infinity, Double.infinity)
        for _ in 0..<4 where among > alone * 1.2 || alone == .infinity {
            alone = min(alone, try await seconds(poison: 0))
            among = min(among, try await seconds(poison: 1000))
        }
        print(
            "poison | 10,000 good ones took \(alone.rounded(2)) s alone, \(among.rounded(2)) s among 1,000 poisonous: \((among / alone).rounded(2)) times"
        )
        #expect(among <= alone * 1.2)
    }

    private func seconds(poison: Int) async throws -> Double {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        plan.environment = ["CONSUMER_CONCURRENCY": "64", "LOG_LEVEL": "critical"]
        var seconds = 0.0
        try await House.with(plan) { seconds = try await work(poison: poison, $0) }
        return seconds
    }

    private func work(poison: Int, _ house: House) async throws -> Double {
        let good = 10_000
        try await house.prepareForDrills(users: 1000)
        var random = SeededRandom(seed: 11)
        let ids = (0..<(good + poison)).map { _ in random.uuid() }
        // Every eleventh is poison.
        let every = poison == 0 ? Int.max : (good + poison) / poison
        try await house.publish(good + poison) { number in
            if number % every == every - 1 { return (Array("{\"user_id\":".utf8), ids[number]) }
            return (Array(#"{"user_id":"user-\#(number % 1000 + 1)","analyze":false}"#.utf8), ids[number])
        }
        try house.start("consumer-drill", ["run", "standard"])
        try await eventually("all are done", within: .seconds(120)) {
            try await house.number("select count(*) from receipts") == good
        }
        try await house.isWorkedOff(.ingest)
        #expect(try await house.messages(in: "repazoo.ingest.dead") == poison)
        let row = try await house.postgres.query(
            "select extract(epoch from max(completed_at) - min(completed_at))::double precision from receipts")
        return try #require(try row.first?.decode(Double.self, at: 0))
    }
}

extension Double {
    func rounded(_ digits: Int) -> Double {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
