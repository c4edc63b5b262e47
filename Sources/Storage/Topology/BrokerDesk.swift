import AMQP

/// Asks the broker one thing after another, and goes on over a new connection when an answer closed the last one: with
/// AMQP 0-9-1 every refusal of a declaration closes the channel.
actor BrokerDesk {
    enum Answer: Equatable {
        case yes
        /// 404
        case missing
        /// 406
        case other
        case forbidden
    }

    private let configuration: AMQPConfiguration
    private var connection: AMQPConnection?

    init(_ configuration: AMQPConfiguration) { self.configuration = configuration }

    /// Throws what is no answer: an unreachable broker, a lost connection.
    func ask(_ request: @Sendable (AMQPConnection) async throws -> Void) async throws -> Answer {
        let connection = try await open()
        do {
            try await request(connection)
            return .yes
        } catch let error as AMQPError {
            self.connection = nil
            await connection.close()
            switch error.kind {
            case .closedByBroker(code: 404): return .missing
            case .closedByBroker(code: 406): return .other
            case .accessRefused: return .forbidden
            default: throw error
            }
        }
    }

    func close() async {
        await connection?.close()
        connection = nil
    }

    private func open() async throws -> AMQPConnection {
        if let connection { return connection }
        let opened = try await AMQPConnection.open(configuration)
        connection = opened
        return opened
    }
}
