/// RabbitMQ 3.10 imports nameless exchanges, bindings without ends and references to nothing without a word (tested): what
/// it would swallow is refused here.
extension TopologyDefinition {
    func validate() throws(InvalidTopology) {
        try checkNames(exchanges.map(\.name), of: "exchange")
        try checkNames(queues.map(\.name), of: "queue")
        try checkVirtualHost()
        for exchange in exchanges where !exchange.durable || exchange.autoDelete == true {
            throw InvalidTopology(
                "exchange \(exchange.name): must be durable and not auto-delete, or a restart loses it")
        }
        for queue in queues {
            guard queue.durable, !queue.autoDelete else {
                throw InvalidTopology("queue \(queue.name): must be durable and not auto-delete, or a restart loses it")
            }
            guard queue.arguments?["x-queue-type"] == .string("quorum") else {
                throw InvalidTopology("queue \(queue.name): must be a quorum queue (x-queue-type)")
            }
        }
        try checkReferences()
    }

    /// AMQP 0-9-1 §3.1.2 and RabbitMQ: 1 to 255 bytes, and nothing of the broker's own name space.
    private func checkNames(_ names: [String], of what: String) throws(InvalidTopology) {
        var seen: Set<String> = []
        for name in names {
            guard (1...255).contains(name.utf8.count) else {
                throw InvalidTopology("a name of an \(what) has 1 to 255 bytes")
            }
            guard !name.hasPrefix("amq.") else {
                throw InvalidTopology("\(what) \(name): names in amq. are the broker's")
            }
            guard seen.insert(name).inserted else { throw InvalidTopology("\(what) \(name) is defined twice") }
        }
    }

    /// One topology, one virtual host: which one it is applied to is the AMQP URL's business.
    private func checkVirtualHost() throws(InvalidTopology) {
        let hosts = Set(exchanges.map(\.vhost) + queues.map(\.vhost) + bindings.map(\.vhost))
        guard hosts.count <= 1, hosts.first != "" else {
            throw InvalidTopology("all definitions belong to one virtual host; this file names \(hosts.count)")
        }
    }

    private func checkReferences() throws(InvalidTopology) {
        let known = (exchange: Set(exchanges.map(\.name)), queue: Set(queues.map(\.name)))
        var seen: Set<Binding> = []
        for binding in bindings {
            let label = "the binding of \(binding.destination) to \(binding.source) by \"\(binding.routingKey)\""
            guard known.exchange.contains(binding.source) else {
                throw InvalidTopology("\(label): there is no exchange \(binding.source)")
            }
            let destinations = binding.destinationType == .queue ? known.queue : known.exchange
            guard destinations.contains(binding.destination) else {
                throw InvalidTopology(
                    "\(label): there is no \(binding.destinationType.rawValue) \(binding.destination)")
            }
            guard binding.routingKey.utf8.count <= 255 else {
                throw InvalidTopology("\(label): a key has at most 255 bytes")
            }
            guard seen.insert(binding).inserted else { throw InvalidTopology("\(label) is defined twice") }
        }
        let pointers =
            exchanges.map { ($0.name, "alternate-exchange", $0.arguments) }
            + queues.map { ($0.name, "x-dead-letter-exchange", $0.arguments) }
        for (name, argument, arguments) in pointers {
            guard let target = arguments?[argument] else { continue }
            guard case .string(let exchange) = target, known.exchange.contains(exchange) else {
                throw InvalidTopology("\(name): its \(argument) names no exchange of this file")
            }
        }
    }
}
