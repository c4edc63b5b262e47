import AMQP
import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

/// Endurance: messages flow through three consumer processes while servers and consumers die in a random order that its seed
/// repeats. Short in the suite; `make soak` runs it with 20,000 messages. SOAK_MESSAGES, SOAK_EVENTS and SOAK_SEED change it.
extension NothingIsLost {
    @Test func everyMessageIsAccountedForWhileEverythingDiesInTurn() async throws {
        let soak = SoakPlan(environment: ProcessInfo.processInfo.environment)
        print("soak | \(soak)")
        try await PrivateServers.with([.rabbitmq, .postgres, .redis]) { servers in
            try await endure(soak, servers)
        }
    }

    private func endure(_ soak: SoakPlan, _ servers: PrivateServers) async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        plan.addresses = try House.Addresses(servers)
        plan.environment = ["LOG_LEVEL": "info", "CONSUMER_CONCURRENCY": "32", "SHUTDOWN_GRACE": "20s"]
        try await House.with(plan) { try await endure(soak, servers, $0) }
    }

    private func endure(_ soak: SoakPlan, _ servers: PrivateServers, _ house: House) async throws {
        let start = ContinuousClock.now
        try await house.prepareForDrills(users: 200)
        let events = try await house.listen()
        try await servers.settleQueues()
        var consumers = try (0..<3).map { _ in try house.start("consumer-drill", ["run", "standard"]) }
        let mail = soak.mail()

        async let published: Void = house.publish(mail)
        for event in soak.events {
            try await eventually("\(event.after) messages are done with", within: .seconds(240)) {
                // The database may be on its way up.
                (try? await house.number("select count(*) from receipts")) ?? 0 >= event.after
            }
            switch event.what {
            case .kill(let number):
                try await consumers[number].kill()
                consumers[number] = try house.start("consumer-drill", ["run", "standard"])
            case .restart(let server):
                try await servers.kill(server)
                try await servers.start(server)
            }
            print("soak | at \(event.after): \(event.what)")
        }
        try await published
        try await account(for: mail, house, events)
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        print("soak | \(mail.count) messages in \(seconds) s, \(soak.events.count) deaths")
        let survivors = consumers.filter { $0.isRunning }
        #expect(survivors.count == 3, "nobody died who was not killed")
    }

    private func account(for mail: [SoakPlan.Letter], _ house: House, _ events: String) async throws {
        func ids(_ kind: SoakPlan.Kind) -> Set<String> { Set(mail.lazy.filter { $0.kind == kind }.map(\.id)) }
        let (good, strangers, broken) = (ids(.good), ids(.stranger), ids(.broken))
        try await eventually("every message has its end", within: .seconds(300)) {
            try await house.number("select count(*) from receipts") >= good.count + strangers.count
        }
        try await house.isWorkedOff(.ingest)
        #expect(try await house.number("select count(*) from receipts where outcome = 'done'") == good.count)
        #expect(try await house.number("select count(*) from receipts where outcome = 'refused'") == strangers.count)
        #expect(try await house.number("select count(*) from drill_effects") == good.count, "each effect once")
        #expect(try await house.number("select count(distinct message_id) from drill_effects") == good.count)
        #expect(try await house.number("select count(*) from audit_log where action = 'drill'") == good.count)
        #expect(try await house.number("select count(*) from audit_log where outcome = 'refused'") == strangers.count)
        #expect(try await house.auditChainsHold())

        let dead = try await house.drain("repazoo.ingest.dead")
        #expect(Set(dead.compactMap(\.properties.messageID)) == broken, "the dead are those that were no messages")
        let heard = try await house.drain(events)
        let told = Set(heard.compactMap(\.properties.messageID))
        let expected = Set(
            (good.map { ($0, "ingest.completed") } + strangers.map { ($0, "ingest.refused") }).compactMap {
                MessageID($0.0).map { [name = $0.1] in MessageID.derived(from: $0, name: name).rawValue }
            })
        #expect(told == expected, "each end was announced, under its own id")
        print(
            "soak | done \(good.count), refused \(strangers.count), dead \(broken.count); "
                + "effects \(good.count); events \(heard.count) for \(told.count) ids; dead letters \(dead.count)")
    }
}
