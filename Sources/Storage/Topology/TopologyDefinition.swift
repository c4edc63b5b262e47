import FoundationEssentials

/// Exchanges, queues and bindings, in RabbitMQ's definitions format
/// (https://www.rabbitmq.com/docs/definitions). Valid by construction: `decode` checks what the broker does not.
public struct TopologyDefinition: Equatable, Sendable {
    public struct Exchange: Codable, Equatable, Sendable {
        public enum Kind: String, Codable, Sendable { case topic, fanout, direct, headers }

        public var name: String
        public var vhost: String
        public var type: Kind
        public var durable: Bool
        public var autoDelete: Bool?
        public var isInternal: Bool?
        public var arguments: [String: TopologyArgument]?

        enum CodingKeys: String, CodingKey {
            case name, vhost, type, durable, arguments
            case autoDelete = "auto_delete"
            case isInternal = "internal"
        }
    }

    public struct Queue: Codable, Equatable, Sendable {
        public var name: String
        public var vhost: String
        public var durable: Bool
        public var autoDelete: Bool
        public var arguments: [String: TopologyArgument]?

        enum CodingKeys: String, CodingKey {
            case name, vhost, durable, arguments
            case autoDelete = "auto_delete"
        }
    }

    public struct Binding: Codable, Hashable, Sendable {
        public enum Destination: String, Codable, Sendable { case queue, exchange }

        public var source: String
        public var vhost: String
        public var destination: String
        public var destinationType: Destination
        public var routingKey: String
        public var arguments: [String: TopologyArgument]?

        enum CodingKeys: String, CodingKey {
            case source, vhost, destination, arguments
            case destinationType = "destination_type"
            case routingKey = "routing_key"
        }
    }

    public let exchanges: [Exchange]
    public let queues: [Queue]
    public let bindings: [Binding]

    public init(exchanges: [Exchange], queues: [Queue], bindings: [Binding]) throws(InvalidTopology) {
        self.exchanges = exchanges
        self.queues = queues
        self.bindings = bindings
        try validate()
    }

    /// Reads a definitions file. Other parts of it (users, permissions, policies) are left to the broker.
    public static func decode(_ bytes: [UInt8]) throws(InvalidTopology) -> TopologyDefinition {
        struct File: Decodable {
            var exchanges: [Exchange]
            var queues: [Queue]
            var bindings: [Binding]
        }
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw InvalidTopology(error)
        } catch {
            throw InvalidTopology("the definitions are not JSON")
        }
        return try TopologyDefinition(exchanges: file.exchanges, queues: file.queues, bindings: file.bindings)
    }

    /// The topology of this release: `topology/rabbitmq.json`, embedded when it was built.
    public static func current() throws(InvalidTopology) -> TopologyDefinition { try decode(currentJSON) }

    /// The embedded file as it is, importable by the broker (`rabbitmqctl import_definitions`).
    public static var currentJSON: [UInt8] { PackageResources.rabbitmq_json }
}
