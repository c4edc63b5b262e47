import AMQP
import Contracts
import TestKit
import Testing

@testable import Topology

@Suite(.timeLimit(.minutes(3)))
struct BrokerTests {
    @Test func applyingTwiceComesToTheSameAndVerifyIsContent() async throws {
        try await BrokerScope.with { scope in
            let applier = TopologyApplier(scope.definition, on: scope.broker)
            let first = try await applier.apply()
            #expect(first.differences.isEmpty)
            #expect(first.queues == scope.definition.queues.count)
            #expect(first.bindings == scope.definition.bindings.count)
            #expect(try await applier.apply() == first)
            #expect(try await TopologyVerifier(scope.definition, on: scope.broker).differences().isEmpty)
        }
    }

    @Test func verifyFindsWhatIsMissingAndMakesNothing() async throws {
        try await BrokerScope.with { scope in
            let verifier = TopologyVerifier(scope.definition, on: scope.broker)
            let all = try await verifier.differences()
            #expect(all.count == scope.definition.exchanges.count + scope.definition.queues.count)
            #expect(try await verifier.differences() == all, "verify created something")

            _ = try await TopologyApplier(scope.definition, on: scope.broker).apply()
            try await scope.connected { connection in
                try await connection.deleteQueue(scope.name("ingest"))
                try await connection.deleteExchange(scope.name("requests"))
            }
            let found = try await verifier.differences()
            #expect(found.map(\.kind) == [.missingExchange, .missingQueue])
            #expect(found.map(\.name) == [scope.name("requests"), scope.name("ingest")])
        }
    }

    @Test func aQueueWithOtherArgumentsIsNamedAndTheRestIsApplied() async throws {
        try await BrokerScope.with { scope in
            _ = try await scope.connected { connection in
                try await connection.declareQueue(
                    scope.name("ingest"), arguments: ["x-queue-type": "quorum", "x-delivery-limit": 3])
            }
            let report = try await TopologyApplier(scope.definition, on: scope.broker).apply()
            #expect(report.differences.map(\.kind) == [.otherQueue])
            #expect(report.differences.first?.name == scope.name("ingest"))
            #expect(report.differences.first?.advice.contains("x-delivery-limit=20") == true)
            #expect(report.queues == scope.definition.queues.count - 1)
            #expect(report.bindings == scope.definition.bindings.count)
            let found = try await TopologyVerifier(scope.definition, on: scope.broker).differences()
            #expect(found == report.differences)
        }
    }

    @Test func anExchangeOfAnotherTypeIsNamed() async throws {
        try await BrokerScope.with { scope in
            try await scope.connected { try await $0.declareExchange(scope.name("requests"), type: "fanout") }
            let report = try await TopologyApplier(scope.definition, on: scope.broker).apply()
            #expect(report.differences.map(\.kind) == [.otherExchange])
            let found = try await TopologyVerifier(scope.definition, on: scope.broker).differences()
            #expect(found.map(\.name) == [scope.name("requests")])
        }
    }

    /// Three seconds are two levels of the ladder, 2 and 1.
    @Test func theLadderDeliversAfterItsDelay() async throws {
        try await BrokerScope.with { scope in
            let report = try await TopologyApplier(scope.definition, on: scope.broker).apply()
            #expect(report.differences.isEmpty)
            let publisher = AMQPPublisher(scope.broker)
            try await publisher.start(patience: .seconds(10))
            let route = DelayLadder.route(delaySeconds: 3, destination: .ingest)
            var properties = AMQPProperties()
            properties.deliveryMode = 2
            properties.messageID = MessageID.random().rawValue
            let began = ContinuousClock.now
            try await publisher.publish(
                Publication(
                    exchange: own(route.exchange.rawValue, scope), routingKey: own(route.routingKey.rawValue, scope),
                    properties: properties, body: Array("{}".utf8), isMandatory: true))
            await publisher.close()
            try await scope.connected { connection in
                try await eventually("the message leaves the ladder", within: .seconds(30)) {
                    guard let delivery = try await connection.take(scope.name("ingest")) else { return false }
                    #expect(delivery.properties.messageID == properties.messageID)
                    return true
                }
            }
            #expect(ContinuousClock.now - began >= .milliseconds(2900))
        }
    }

    private func own(_ name: String, _ scope: BrokerScope) -> String {
        name.replacing("repazoo.", with: "\(scope.prefix).")
    }
}
