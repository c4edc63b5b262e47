import AMQP
import Contracts
import HouseKit
import TestKit
import Testing
import Topology

extension IsolationHolds {
    /// What a consumer may publish, and what it may not.
    private struct Rights {
        let user: String
        let allowed: [(String, String)]
        let forbidden: [(String, String)]
    }

    private static func rights(of consumer: ConsumerName) -> Rights {
        let own = consumer.queue.rawValue
        let other = consumer == .ingest ? "repazoo.retention" : "repazoo.ingest"
        let events: [ConsumerName: String] = [
            .ingest: "ingest.completed", .analyze: "analysis.completed", .export: "export.ready",
            .retention: "erasure.completed", .monitor: "alert.opened", .alert: "alert.opened",
        ]
        var rights = Rights(
            user: consumer.rawValue,
            allowed: [
                ("repazoo.events", events[consumer] ?? ""), ("repazoo.events", "alert.opened"), ("repazoo.dead", own),
                ("repazoo.delay.00", "0.0.1.\(own)"), ("repazoo.delay.16", "1.0.1.\(own)"),
                ("repazoo.delay.deliver", "0.0.\(own)"),
            ],
            forbidden: [
                ("repazoo.dead", other), ("repazoo.delay.00", "0.0.1.\(other)"),
                ("repazoo.delay.deliver", "0.\(other)"),
                ("repazoo.events", consumer == .ingest ? "erasure.completed" : "ingest.completed"),
                ("repazoo.unroutable", ""), ("", own), ("", other), ("amq.topic", "x"), ("repazoo.ticks", "monitor"),
                ("repazoo.requests", "ingest"),
            ])
        let requests: [ConsumerName: [String]] = [.ingest: ["analyze"], .retention: ["export", "erase"]]
        for key in ["analyze", "export", "erase"] {
            let mayAsk = requests[consumer]?.contains(key) ?? false
            rights = Rights(
                user: rights.user, allowed: rights.allowed + (mayAsk ? [("repazoo.requests", key)] : []),
                forbidden: rights.forbidden + (mayAsk ? [] : [("repazoo.requests", key)]))
        }
        return rights
    }

    @Test func eachProgramReadsItsOwnQueueAndPublishesWhatIsItsOwn() async throws {
        try await House.with(Self.plan) { house in
            for consumer in ConsumerName.allCases {
                let rights = Self.rights(of: consumer)
                let desk = try Desk(house, rights.user)
                for (exchange, key) in rights.allowed {
                    #expect(await desk.mayPublish(to: exchange, key), "\(consumer) publishes \(key) to \(exchange)")
                }
                for (exchange, key) in rights.forbidden {
                    #expect(await !desk.mayPublish(to: exchange, key), "\(consumer) publishes \(key) to \(exchange)")
                }
                for queue in ConsumerName.allCases.flatMap({ [$0.queue, $0.deadQueue] }) {
                    let isOwn = queue == consumer.queue || (consumer == .alert && queue.isDead)
                    #expect(await desk.mayTake(from: queue.rawValue) == isOwn, "\(consumer) reads \(queue)")
                }
                #expect(await !desk.may { _ = try await $0.declareQueue("repazoo.\(consumer).more", arguments: [:]) })
                #expect(
                    await !desk.may { try await $0.bindQueue(consumer.queue.rawValue, to: "repazoo.events", key: "#") })
            }
            let scheduler = try Desk(house, "scheduler")
            #expect(await scheduler.mayPublish(to: "repazoo.ticks", "monitor"))
            #expect(await !scheduler.mayPublish(to: "repazoo.requests", "erase"))
            #expect(await !scheduler.mayTake(from: "repazoo.monitor"))
            let backend = try Desk(house, "backend")
            #expect(await backend.mayPublish(to: "repazoo.requests", "erase"))
            #expect(await !backend.mayPublish(to: "repazoo.ticks", "retention"))
            #expect(await !backend.mayTake(from: "repazoo.ingest"))
        }
    }

    /// One thing after another over connections of one user, as every refusal ends its connection.
    private struct Desk {
        let configuration: AMQPConfiguration

        init(_ house: House, _ user: String) throws {
            let url = house.addresses.amqp.replacing("//guest:guest@", with: "//\(user):\(user)@")
            configuration = try AMQPConfiguration(url: url, connectionName: "rights of \(user)")
        }

        func may(_ body: (AMQPConnection) async throws -> Void) async -> Bool {
            guard let connection = try? await AMQPConnection.open(configuration) else { return false }
            var isAllowed = true
            do { try await body(connection) } catch { isAllowed = false }
            await connection.close()
            return isAllowed
        }

        func mayTake(from queue: String) async -> Bool { await may { _ = try await $0.take(queue) } }

        func mayPublish(to exchange: String, _ key: String) async -> Bool {
            let publisher = AMQPPublisher(configuration)
            var isAllowed = true
            do {
                try await publisher.start(patience: .seconds(20))
                var properties = AMQPProperties()
                properties.messageID = MessageID.random().rawValue
                try await publisher.publish(
                    Publication(
                        exchange: exchange, routingKey: key, properties: properties, body: [], isMandatory: false),
                    patience: .seconds(5))
            } catch { isAllowed = false }
            await publisher.close()
            return isAllowed
        }
    }
}
