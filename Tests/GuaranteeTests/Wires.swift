import Contracts
import HouseKit
import TestKit
import Testing

extension NothingIsLost {
    /// Between a consumer and its servers, connections break again and again in the middle of frames and statements, in
    /// both directions.
    @Test func connectionsCutAnywhereChangeNothing() async throws {
        try await throughWires(cut)
    }

    private func cut(_ house: House, _ wires: Wires) async throws {
        var random = SeededRandom(seed: 17)
        let count = 1500
        try await house.sendNumbered(count)
        try house.start("consumer-drill", ["run", "standard"])
        for round in 1...24 {
            let (wire, _) = try #require(wires.all.randomElement(using: &random))
            let direction: WireFault.Direction = Bool.random(using: &random) ? .toServer : .toClient
            let done = try await house.number("select count(*) from receipts")
            let struck = wire.struck
            wire.tell(.cut(after: .random(in: 0...4000, using: &random), direction))
            // A wire that nothing goes through any more cannot strike: then the work is nearly done.
            try await eventually("cut \(round) has struck, or the work is done", within: .seconds(60)) {
                if wire.struck > struck { return true }
                return try await house.number("select count(*) from receipts") == count
            }
            wire.tell(nil)
            try await eventually("it goes on after cut \(round)", within: .seconds(60)) {
                try await house.number("select count(*) from receipts") > min(done + 5, count - 1)
            }
        }
        try await house.allDoneOnce(count)
        print(
            "wires | \(wires.all.map { "\($0.name) cut \($0.wire.struck)×" }.joined(separator: ", ")): \(count) messages, \(count) effects"
        )
    }

    /// A connection that stays open and moves nothing, in the middle of a frame or a statement: only time tells.
    @Test func connectionsThatStallAreGivenUp() async throws {
        try await throughWires(stall)
    }

    private func stall(_ house: House, _ wires: Wires) async throws {
        let count = 300
        let consumer = try house.start("consumer-drill", ["run", "standard"])
        try await eventually("it consumes") { consumer.text().contains("\"consuming\"") }
        for (wire, _) in wires.all { wire.tell(.stall(after: 3000, .toServer)) }
        try await house.sendNumbered(count)
        try await eventually("all three have stalled, or the work is done", within: .seconds(150)) {
            if wires.all.allSatisfy({ $0.wire.struck > 0 }) { return true }
            return try await house.number("select count(*) from receipts") == count
        }
        try await house.allDoneOnce(count, within: .seconds(150))
        print(
            "wires | \(wires.all.map { "\($0.name) stalled \($0.wire.struck)×" }.joined(separator: ", ")): \(count) messages, \(count) effects"
        )
        #expect(wires.all.map(\.wire.struck).reduce(0, +) >= 2)
    }

    private func throughWires(_ body: (House, Wires) async throws -> Void) async throws {
        let servers = try SharedServers()
        let wires = Wires(
            broker: try FaultyWire(before: servers.amqpURL), database: try FaultyWire(before: servers.databaseURL),
            redis: try FaultyWire(before: servers.redisURL))
        defer { for (wire, _) in wires.all { wire.end() } }
        var plan = House.Plan.empty
        plan.hasSandbox = false
        plan.environment = ["LOG_LEVEL": "info"]
        plan.consumersSee = { addresses in
            var seen = addresses
            seen.amqp = wires.broker.url(addresses.amqp)
            seen.database = wires.database.url(addresses.database)
            seen.redis = wires.redis.url(addresses.redis)
            return seen
        }
        try await House.with(plan) { house in
            try await house.prepareForDrills(users: 20)
            try await body(house, wires)
        }
    }
}

/// The wires between a consumer and its servers.
struct Wires: Sendable {
    let broker: FaultyWire
    let database: FaultyWire
    let redis: FaultyWire

    var all: [(wire: FaultyWire, name: String)] { [(broker, "broker"), (database, "database"), (redis, "Redis")] }
}

extension House {
    func sendNumbered(_ count: Int) async throws {
        try await publish(count) { number in
            (Array(#"{"user_id":"user-\#(number % 20 + 1)","analyze":false}"#.utf8), MessageID.random().rawValue)
        }
    }

    /// Every message has its receipt and exactly one effect.
    func allDoneOnce(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await eventually("all are done", within: limit) {
            try await self.number("select count(*) from receipts") == count
        }
        try await isWorkedOff(.ingest)
        #expect(try await number("select count(*) from drill_effects") == count)
        #expect(try await number("select count(distinct message_id) from drill_effects") == count)
        #expect(try await number("select count(*) from audit_log") == count)
        #expect(try await auditChainsHold())
    }
}
