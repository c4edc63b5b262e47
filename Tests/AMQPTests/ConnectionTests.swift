import AMQP
import TestKit
import Testing

extension AMQPIntegrationTests {
    @Test func declaresInspectsBindsPurgesAndDeletes() async throws {
        let (queue, exchange) = (uniqueName("amqp"), uniqueName("amqp"))
        try await withConnection(configuration()) { connection in
            #expect(try await connection.declareQuorumQueue(queue).messages == 0)
            try await connection.declareExchange(exchange, type: "topic")
            try await connection.declareExchange(exchange, type: "topic", passive: true)
            try await connection.bindQueue(queue, to: exchange, key: "a.*")
            try await withPublisher(configuration()) { publisher in
                for number in 0..<3 {
                    var message = Publication.numbered(number, to: "a.b", exchange: exchange)
                    message.properties.correlationID = "c"
                    try await publisher.publish(message)
                }
            }
            try await eventually("three messages") { try await connection.inspectQueue(queue).messages == 3 }
            let taken = try await connection.take(queue)
            #expect(taken?.properties.messageID == "0" && taken?.exchange == exchange && taken?.routingKey == "a.b")
            #expect(try await connection.purgeQueue(queue) == 2)
            #expect(try await connection.take(queue) == nil)
            #expect(try await connection.deleteQueue(queue) == 0)
            try await connection.deleteExchange(exchange)
        }
    }

    /// Requests are built in memory that the connection's requests share.
    @Test func manyTasksMayAskAtOnce() async throws {
        try await withConnection(configuration()) { connection in
            let names = (0..<40).map { _ in uniqueName("amqp") }
            try await withThrowingTaskGroup { group in
                for name in names {
                    group.addTask {
                        let state = try await connection.declareQueue(
                            name, durable: false, exclusive: true, arguments: ["x-max-length": 7])
                        #expect(state.name == name)
                        for _ in 0..<20 { #expect(try await connection.inspectQueue(name).name == name) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func aMissingQueueIs404() async throws {
        let connection = try await AMQPConnection.open(configuration())
        #expect(await kind { _ = try await connection.inspectQueue(uniqueName("none")) } == .closedByBroker(code: 404))
        #expect(await kind { _ = try await connection.inspectQueue("any") } == .connectionLost)
        await connection.close()
    }

    @Test func otherArgumentsAre406AndSaySo() async throws {
        try await withQueue(configuration()) { queue in
            let connection = try await AMQPConnection.open(configuration())
            await #expect {
                try await connection.declareQuorumQueue(queue, ["x-max-length": 5])
            } throws: { error in
                (error as? AMQPError)?.kind == .closedByBroker(code: 406) && "\(error)".contains("other arguments")
            }
        }
    }

    @Test func wrongPasswordAndUnknownVirtualHostAreRefused() async throws {
        let url = try SharedServers.address(of: .rabbitmq)
        for bad in [url.replacing("guest:guest", with: "guest:hunter2"), url.replacing("/%2F", with: "/no-such-host")] {
            #expect(bad != url)
            await #expect {
                try await AMQPConnection.open(configuration(bad)).close()
            } throws: { error in
                (error as? AMQPError)?.kind == .accessRefused && !"\(error)".contains("hunter2")
            }
        }
    }

    @Test func anUnreachableNodeIsPassedOver() async throws {
        let url = "amqp://guest:guest@127.0.0.1:1/," + (try SharedServers.address(of: .rabbitmq))
        try await AMQPConnection.open(configuration(url)).close()
        #expect(
            await kind { try await AMQPConnection.open(configuration("amqp://127.0.0.1:1")).close() } == .unreachable)
    }

    @Test func propertiesAndEveryHeaderTypeSurviveTheTrip() async throws {
        var properties = AMQPProperties()
        properties.contentType = "application/json"
        properties.contentEncoding = "identity"
        properties.deliveryMode = 2
        properties.correlationID = "correlation"
        properties.replyTo = "reply"
        properties.expiration = "60000"
        properties.messageID = "id"
        properties.timestamp = 1_700_000_000
        properties.type = "type"
        properties.appID = "app"
        properties.headers = [
            "yes": true, "no": false, "negative": -1, "huge": .integer(.max), "pi": .number(3.25), "text": "grüße 🐦",
            "empty": "",
            "bytes": .bytes([0, 255, 1]), "time": .timestamp(1_700_000_001), "null": .null,
            "array": .array([1, "two", .array([]), .table(["deep": .array([.null, false])])]),
            "table": .table(["a": .table(["b": .table([:])])]),
        ]
        try await withQueue(configuration()) { queue in
            try await withPublisher(configuration()) {
                try await $0.publish(Publication(exchange: "", routingKey: queue, properties: properties, body: [1]))
            }
            let delivery = try await withConnection(configuration()) { try await $0.take(queue) }
            var received = try #require(delivery).properties
            // The broker's own, on a message fetched by basic.get.
            received.headers["x-delivery-count"] = nil
            #expect(received == properties)
        }
    }

    @Test func aDroppedOrClosedConnectionLeavesNoDescriptorAndNoThread() async throws {
        let one = try await AMQPConnection.open(configuration())
        await one.close()
        let (descriptors, threads) = (count("/proc/self/fd"), count("/proc/self/task"))
        for round in 0..<200 {
            let connection = try await AMQPConnection.open(configuration())
            if round.isMultiple(of: 2) { await connection.close() }
        }
        try await eventually("descriptors and threads are given back") {
            count("/proc/self/fd") <= descriptors + 2 && count("/proc/self/task") <= threads + 4
        }
    }
}
