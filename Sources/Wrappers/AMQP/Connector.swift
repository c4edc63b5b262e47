import EventLoop

/// Finds a node that takes a connection: each in turn, beginning after the one that served last. Not Sendable: it belongs to one client's actor.
final class Connector {
    let configuration: AMQPConfiguration
    private var next = 0

    init(configuration: AMQPConfiguration) { self.configuration = configuration }

    /// One pass over the list. Blocking work happens on a thread of its own.
    func open(isolation: isolated (any Actor)? = #isolation) async throws(AMQPError) -> BrokerSocket {
        var last = AMQPError(.invalidURL, "the list of broker nodes is empty")
        for _ in configuration.endpoints {
            let endpoint = configuration.endpoints[next % configuration.endpoints.count]
            next += 1
            let configuration = configuration
            let result = await BlockingThread.result(name: "amqp-connect") { () throws(AMQPError) in
                try BrokerSocket.open(endpoint, configuration)
            }
            switch result {
            case .success(let socket): return socket
            case .failure(let error): last = error
            }
        }
        throw last
    }
}
