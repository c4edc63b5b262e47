import FoundationEssentials

/// The management plugin's list of bindings. Their arguments are left out of the comparison: ours have none.
enum BindingListing {
    struct Entry: Decodable, Hashable {
        let source: String
        let destination: String
        let destinationType: String
        let routingKey: String

        enum CodingKeys: String, CodingKey {
            case source, destination
            case destinationType = "destination_type"
            case routingKey = "routing_key"
        }

        init(_ binding: TopologyDefinition.Binding) {
            source = binding.source
            destination = binding.destination
            destinationType = binding.destinationType.rawValue
            routingKey = binding.routingKey
        }
    }

    static func decode(_ body: [UInt8]) throws(InvalidTopology) -> Set<Entry> {
        do {
            return Set(try JSONDecoder().decode([Entry].self, from: Data(body)))
        } catch {
            throw InvalidTopology("the management plugin's list of bindings is not what it should be")
        }
    }
}
