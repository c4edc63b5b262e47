import Contracts
import FoundationEssentials
import Testing

@testable import Topology

@Suite(.timeLimit(.minutes(1)))
struct DefinitionTests {
    @Test func theEmbeddedFileIsValidAndHoldsEveryName() throws {
        let definition = try TopologyDefinition.current()
        let queues = Set(definition.queues.map(\.name))
        for consumer in ConsumerName.allCases {
            #expect(queues.contains(consumer.queue.rawValue))
            #expect(queues.contains(consumer.deadQueue.rawValue))
        }
        let exchanges = Set(definition.exchanges.map(\.name))
        for name in [ExchangeName.requests, .ticks, .events, .dead, .delayDeliver, .unroutable] {
            #expect(exchanges.contains(name.rawValue))
        }
    }

    @Test(arguments: 0...16)
    func eachLevelOfTheLadderWaitsTwiceAsLongAsTheOneBelow(level: Int) throws {
        let name = "repazoo.delay." + (level < 10 ? "0" : "") + "\(level)"
        let queue = try #require(try TopologyDefinition.current().queues.first { $0.name == name })
        #expect(queue.arguments?["x-message-ttl"] == .integer(Int64(1000) << level))
    }

    /// Each is swallowed, or half applied, by RabbitMQ 3.10 itself.
    @Test(arguments: [
        ("\"name\": \"q\"", "\"name\": \"\"", "1 to 255 bytes"),
        (
            ", \"auto_delete\": false, \"arguments\": {\"x-queue", ", \"arguments\": {\"x-queue",
            "queues[0]: \"auto_delete\" is missing"
        ),
        ("\"source\": \"e\"", "\"source\": \"f\"", "there is no exchange f"),
        ("\"destination\": \"q\"", "\"destination\": \"r\"", "there is no queue r"),
        ("\"quorum\"", "\"classic\"", "must be a quorum queue"),
        ("\"quorum\"", "\"quorum\", \"x-dead-letter-exchange\": \"d\"", "names no exchange"),
        ("\"topic\"", "\"topik\"", "exchanges[0].type"),
        ("\"name\": \"e\"", "\"name\": \"amq.e\"", "are the broker's"),
        ("\"vhost\": \"/\", \"destination\"", "\"vhost\": \"other\", \"destination\"", "one virtual host"),
        (
            "\"durable\": true, \"auto_delete\": false, \"arguments\": {\"x",
            "\"durable\": false, \"auto_delete\": false, \"arguments\": {\"x", "durable"
        ),
        ("{", "[", "not JSON"),
    ])
    func whatCannotBeMeantIsRefused(part: String, replacement: String, complaint: String) throws {
        #expect(try !TopologyDefinition.decode(Array(Self.small.utf8)).queues.isEmpty)
        let range = try #require(Self.small.range(of: part))
        let text = Self.small.replacingCharacters(in: range, with: replacement)
        let error = #expect(throws: InvalidTopology.self) { try TopologyDefinition.decode(Array(text.utf8)) }
        #expect(error?.description.contains(complaint) == true, "\(error?.description ?? "")")
    }

    @Test func aSecondDefinitionOfANameIsRefused() throws {
        let definition = try TopologyDefinition.current()
        #expect(throws: InvalidTopology.self) {
            try TopologyDefinition(
                exchanges: definition.exchanges, queues: definition.queues + definition.queues.prefix(1), bindings: [])
        }
    }

    @Test func bindingsAreComparedWithTheManagementPluginsList() throws {
        let definition = try TopologyDefinition.decode(Array(Self.small.utf8))
        let listing = """
            [{"source":"e","vhost":"/","destination":"q","destination_type":"queue","routing_key":"k","arguments":{},"properties_key":"k"}]
            """
        #expect(try TopologyVerifier.missingBindings(of: definition, inListing: Array(listing.utf8)).isEmpty)
        let missing = try TopologyVerifier.missingBindings(of: definition, inListing: Array("[]".utf8))
        #expect(missing.map(\.kind) == [.missingBinding])
        #expect(missing.first?.name == "e → queue q [k]")
        #expect(throws: InvalidTopology.self) {
            try TopologyVerifier.missingBindings(of: definition, inListing: Array("{}".utf8))
        }
    }

    private static let small = """
        {"exchanges": [{"name": "e", "vhost": "/", "type": "topic", "durable": true, "auto_delete": false}],
        "queues": [{"name": "q", "vhost": "/", "durable": true, "auto_delete": false, "arguments": {"x-queue-type": "quorum"}}],
        "bindings": [{"source": "e", "vhost": "/", "destination": "q", "destination_type": "queue", "routing_key": "k"}]}
        """
}
