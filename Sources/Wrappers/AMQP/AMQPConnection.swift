import CRabbitMQ
import EventLoop

/// A plain connection for declaring, inspecting and fetching single messages. It does not reconnect: what fails, throws.
///
/// Calls are answered in order; any task may call. For publishing with confirms use `AMQPPublisher`, for consuming
/// `AMQPConsumer`: a broker in distress stops reading from a connection that publishes, so those never share one.
public actor AMQPConnection {
    /// What the broker tells of a queue. Counts lag in the first second after a broker's start.
    public struct QueueState: Equatable, Sendable {
        public let name: String
        /// Ready messages; those delivered and unacknowledged are not in it.
        public let messages: Int
        public let consumers: Int
    }

    private let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var channel: BrokerChannel?

    public static func open(_ configuration: AMQPConfiguration) async throws -> AMQPConnection {
        let connector = Connector(configuration: configuration)
        let connection = AMQPConnection(configuration)
        try await connection.start(on: connector.open(), configuration)
        return connection
    }

    private init(_ configuration: AMQPConfiguration) { loop = configuration.loop }

    private func start(on socket: BrokerSocket, _ configuration: AMQPConfiguration) async throws {
        let channel = BrokerChannel(socket: socket, configuration: configuration) { _ in }
        self.channel = channel
        try await channel.ask(AMQP_CHANNEL_OPEN_METHOD, [AMQP_CHANNEL_OPEN_OK_METHOD]) { _ in amqp_channel_open_t() }
    }

    /// Without `close` the socket goes with the last reference.
    isolated deinit { channel?.drop() }

    public func declareQueue(_ name: String, durable: Bool = true, exclusive: Bool = false, arguments: AMQPTable = [:])
        async throws -> QueueState
    {
        try await declare(name, passive: false, durable: durable, exclusive: exclusive, arguments: arguments)
    }

    /// Throws `closedByBroker(404)` when there is none; the connection is closed then.
    public func inspectQueue(_ name: String) async throws -> QueueState {
        try await declare(name, passive: true, durable: true, exclusive: false, arguments: [:])
    }

    public func declareExchange(
        _ name: String, type: String, durable: Bool = true, internal isInternal: Bool = false, passive: Bool = false,
        arguments: AMQPTable = [:]
    ) async throws {
        let channel = try live()
        let build = { (channel: BrokerChannel) in
            var method = amqp_exchange_declare_t()
            method.exchange = channel.pool.bytes(name)
            method.type = channel.pool.bytes(type)
            method.passive = passive ? 1 : 0
            method.durable = durable ? 1 : 0
            method.internal = isInternal ? 1 : 0
            method.arguments = channel.pool.table(arguments)
            return method
        }
        try await channel.ask(AMQP_EXCHANGE_DECLARE_METHOD, [AMQP_EXCHANGE_DECLARE_OK_METHOD], build)
    }

    public func bindQueue(_ queue: String, to exchange: String, key: String, arguments: AMQPTable = [:]) async throws {
        let channel = try live()
        let build = { (channel: BrokerChannel) in
            var method = amqp_queue_bind_t()
            method.queue = channel.pool.bytes(queue)
            method.exchange = channel.pool.bytes(exchange)
            method.routing_key = channel.pool.bytes(key)
            method.arguments = channel.pool.table(arguments)
            return method
        }
        try await channel.ask(AMQP_QUEUE_BIND_METHOD, [AMQP_QUEUE_BIND_OK_METHOD], build)
    }

    public func bindExchange(_ destination: String, to source: String, key: String, arguments: AMQPTable = [:])
        async throws
    {
        let channel = try live()
        let build = { (channel: BrokerChannel) in
            var method = amqp_exchange_bind_t()
            method.destination = channel.pool.bytes(destination)
            method.source = channel.pool.bytes(source)
            method.routing_key = channel.pool.bytes(key)
            method.arguments = channel.pool.table(arguments)
            return method
        }
        try await channel.ask(AMQP_EXCHANGE_BIND_METHOD, [AMQP_EXCHANGE_BIND_OK_METHOD], build)
    }

    /// The number of messages removed.
    @discardableResult
    public func purgeQueue(_ name: String) async throws -> Int {
        let channel = try live()
        let build = { (channel: BrokerChannel) in
            var method = amqp_queue_purge_t()
            method.queue = channel.pool.bytes(name)
            return method
        }
        guard
            case .count(let count) = try await channel.ask(AMQP_QUEUE_PURGE_METHOD, [AMQP_QUEUE_PURGE_OK_METHOD], build)
        else { return 0 }
        return Int(count)
    }

    /// The number of messages that went with it.
    @discardableResult
    public func deleteQueue(_ name: String) async throws -> Int {
        let channel = try live()
        let build = { (channel: BrokerChannel) in
            var method = amqp_queue_delete_t()
            method.queue = channel.pool.bytes(name)
            return method
        }
        guard
            case .count(let count) = try await channel.ask(
                AMQP_QUEUE_DELETE_METHOD, [AMQP_QUEUE_DELETE_OK_METHOD], build)
        else { return 0 }
        return Int(count)
    }

    public func deleteExchange(_ name: String) async throws {
        let channel = try live()
        let build = { (channel: BrokerChannel) in
            var method = amqp_exchange_delete_t()
            method.exchange = channel.pool.bytes(name)
            return method
        }
        try await channel.ask(AMQP_EXCHANGE_DELETE_METHOD, [AMQP_EXCHANGE_DELETE_OK_METHOD], build)
    }

    /// Fetches one message and acknowledges it; nil when the queue is empty. For tools and tests: consuming is cheaper.
    public func take(_ queue: String) async throws -> Delivery? {
        let channel = try live()
        let build = { (channel: BrokerChannel) in
            var method = amqp_basic_get_t()
            method.queue = channel.pool.bytes(queue)
            return method
        }
        let answer = try await channel.ask(
            AMQP_BASIC_GET_METHOD, [AMQP_BASIC_GET_OK_METHOD, AMQP_BASIC_GET_EMPTY_METHOD], build)
        guard case .message(let delivery?) = answer else { return nil }
        channel.acknowledge(AckLedger.Ack(tag: delivery.tag, multiple: false))
        return delivery
    }

    public func close() async {
        guard let channel else { return }
        self.channel = nil
        await withUnsafeContinuation { continuation in channel.close { continuation.resume() } }
    }

    private func declare(_ name: String, passive: Bool, durable: Bool, exclusive: Bool, arguments: AMQPTable)
        async throws -> QueueState
    {
        let channel = try live()
        let build = { (channel: BrokerChannel) in
            var method = amqp_queue_declare_t()
            method.queue = channel.pool.bytes(name)
            method.passive = passive ? 1 : 0
            method.durable = durable ? 1 : 0
            method.exclusive = exclusive ? 1 : 0
            method.arguments = channel.pool.table(arguments)
            return method
        }
        guard
            case .queue(let name, let messages, let consumers) = try await channel.ask(
                AMQP_QUEUE_DECLARE_METHOD, [AMQP_QUEUE_DECLARE_OK_METHOD], build)
        else { throw AMQPError(.protocolViolation, "the broker answered a declaration with something else") }
        return QueueState(name: name, messages: Int(messages), consumers: Int(consumers))
    }

    private func live() throws -> BrokerChannel {
        guard let channel, channel.isOpen else { throw AMQPError(.connectionLost, "the connection is closed") }
        return channel
    }
}
