import Contracts
import Foundation
import HTTPTransport
import HouseKit
import TestKit
import Testing

extension NothingIsLost {
    /// Each server goes away under a working consumer and comes back: it takes nothing meanwhile, says so once at either end,
    /// and goes on by itself.
    @Test func anOutageIsToldOnceAndOutlived() async throws {
        try await PrivateServers.with([.rabbitmq, .postgres, .redis]) { servers in
            try await withConsumer(servers) { house, consumer in
                for (number, server) in [Server.postgres, .redis, .rabbitmq].enumerated() {
                    try await outlive(server, number + 1, servers, house, consumer)
                }
                try await blocked(servers, house, consumer)
            }
        }
    }

    /// The database stays away for longer than the broker lets a message be held (30 minutes; here 3 seconds).
    @Test func anOutageLongerThanTheBrokersPatienceIsOutlivedToo() async throws {
        try await PrivateServers.with([.rabbitmq, .postgres, .redis]) { servers in
            // Channels opened from here on look every second.
            _ = try await servers.rabbitmqctl(
                "eval",
                "application:set_env(rabbit, consumer_timeout, 3000), application:set_env(rabbit, channel_tick_interval, 1000)."
            )
            try await withConsumer(servers) { try await hold(servers, $0, $1) }
        }
    }

    private func hold(_ servers: PrivateServers, _ house: House, _ consumer: Watched) async throws {
        try await consumer.isReady()
        // Silent first, so that messages are taken; then gone.
        try await servers.freeze(.postgres)
        try await send(house, 40)
        try await eventually("some are held") { try await house.messages(in: "repazoo.ingest") < 40 }
        try await servers.kill(.postgres)
        try await consumer.isNotReady(because: "postgres")
        try await eventually("the broker took them back", within: .seconds(60)) {
            try await house.messages(in: "repazoo.ingest") == 40
        }
        try await eventually("the consumer is connected again", within: .seconds(30)) {
            consumer.lines("dependency back", "rabbitmq") == 1
        }
        #expect(
            try await house.messages(in: "repazoo.ingest") == 40, "it takes nothing as long as the database is away")
        try await servers.start(.postgres)
        try await eventually("all are done", within: .seconds(60)) {
            (try? await house.number("select count(*) from drill_effects")) == 40
        }
        try await house.isWorkedOff(.ingest)
        #expect(try await house.number("select count(*) from audit_log") == 40)
        #expect(try await house.messages(in: "repazoo.ingest.dead") == 0)
        #expect(consumer.program.isRunning)
    }

    private func withConsumer(
        _ servers: PrivateServers, _ body: (House, Watched) async throws -> Void
    ) async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        plan.addresses = try House.Addresses(servers)
        try await House.with(plan) { house in
            try await house.prepareForDrills(users: 10)
            try await servers.settleQueues()
            let port = try TCPPort.free()
            let program = try house.start(
                "consumer-drill", ["run", "standard"], ["HTTP_PORT": "\(port)", "LOG_LEVEL": "info"])
            try await body(house, Watched(program: program, url: "http://127.0.0.1:\(port)/readyz", http: house.http))
        }
    }

    private func outlive(
        _ server: Server, _ number: Int, _ servers: PrivateServers, _ house: House, _ consumer: Watched
    ) async throws {
        try await consumer.isReady()
        try await servers.kill(server)
        // Without a message it would not miss Redis, and might not miss the others for a while.
        if server != .rabbitmq { try await send(house, 20) }
        try await consumer.isNotReady(because: server.rawValue)
        try await servers.start(server)
        let back = ContinuousClock.now
        if server == .rabbitmq { try await send(house, 20) }
        try await consumer.isReady()
        try await eventually("all are done after \(server.rawValue) was away", within: .seconds(60)) {
            (try? await house.number("select count(*) from drill_effects")) == 20 * number
        }
        let seconds = (ContinuousClock.now - back) / .seconds(1)
        print("outage | \(server.rawValue): all done \(seconds.rounded(1)) s after it was back")
        #expect(consumer.lines("dependency lost", server.rawValue) == 1)
        #expect(consumer.lines("dependency back", server.rawValue) == 1)
        #expect(consumer.program.text().contains("outage_ms"))
    }

    /// A memory alarm: what the broker does not take is held, and no more is taken from it.
    private func blocked(_ servers: PrivateServers, _ house: House, _ consumer: Watched) async throws {
        let events = try await house.listen()
        try await servers.settleQueues()
        let before = try await house.number("select count(*) from receipts")
        #expect(try await consumer.program.stop() == 0)
        try await send(house, 60)
        _ = try await servers.rabbitmqctl("set_vm_memory_high_watermark", "0")
        let port = try TCPPort.free()
        let program = try house.start("consumer-drill", ["run", "standard"], ["HTTP_PORT": "\(port)"])
        let next = Watched(program: program, url: "http://127.0.0.1:\(port)/readyz", http: house.http)
        try await next.isNotReady(because: "alarm")
        try await eventually("the held ones are committed") {
            try await house.number("select count(*) from receipts") > before
        }
        #expect(try await house.messages(in: events) == 0, "nothing could be announced")
        let waiting = try await house.messages(in: "repazoo.ingest")
        #expect(waiting > 0, "it took no more than it can hold")

        _ = try await servers.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "1GB")
        try await next.isReady()
        try await eventually("all are announced", within: .seconds(60)) {
            try await house.messages(in: events) >= 60
        }
        try await house.isWorkedOff(.ingest)
        #expect(try await house.number("select count(*) from receipts") == before + 60)
        #expect(next.lines("dependency lost", "rabbitmq") == 1)
        print(
            "alarm | \(waiting) of 60 left in the queue while the broker was blocked, all done and announced after it")
    }

    private func send(_ house: House, _ count: Int) async throws {
        try await house.publish(count) { number in
            (Array(#"{"user_id":"user-\#(number % 10 + 1)","analyze":false}"#.utf8), MessageID.random().rawValue)
        }
    }
}

/// A consumer whose health is looked at.
struct Watched {
    let program: Program
    let url: String
    let http: HTTPClient

    func isReady() async throws {
        try await eventually("it is ready", within: .seconds(60)) {
            (try? await http.send(.init(.get, url)))?.status == 200
        }
    }

    /// `/readyz` answers 503 and names the reason.
    func isNotReady(because reason: String) async throws {
        try await eventually("not ready because of \(reason)", within: .seconds(60)) {
            guard let answer = try? await http.send(.init(.get, url)), answer.status == 503 else { return false }
            return String(decoding: answer.body, as: UTF8.self).contains(reason)
        }
    }

    func lines(_ message: String, _ dependency: String) -> Int {
        program.text().split(separator: "\n").count {
            $0.contains("\"\(message)\"") && $0.contains("\"dependency\":\"\(dependency)\"")
        }
    }
}
