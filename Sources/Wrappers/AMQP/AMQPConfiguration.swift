public import EventLoop

/// How a client reaches the broker, and how patient it is.
public struct AMQPConfiguration: Sendable {
    public var endpoints: [AMQPEndpoint]
    /// Shown in the broker's list of connections.
    public var connectionName: String
    /// A silent peer is given up after two of these. librabbitmq's own default is none at all.
    public var heartbeat: Duration = .seconds(20)
    /// Name look-up, TCP, TLS and log-in together.
    public var connectTimeout: Duration = .seconds(10)
    /// How long the broker may take to answer a declaration, a `basic.consume` and their like.
    public var answerTimeout: Duration = .seconds(20)
    public var loop: EventLoop

    public init(endpoints: [AMQPEndpoint], connectionName: String, loop: EventLoop = .shared) {
        self.endpoints = endpoints
        self.connectionName = connectionName
        self.loop = loop
    }

    public init(url: String, connectionName: String, loop: EventLoop = .shared) throws(AMQPError) {
        self.init(endpoints: try AMQPEndpoint.list(url), connectionName: connectionName, loop: loop)
    }
}
