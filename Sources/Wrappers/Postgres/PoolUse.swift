/// How much of a pool is in use at one moment.
public struct PoolUse: Sendable, Equatable {
    /// Connections that stand or are being opened.
    public let connections: Int
    public let maxConnections: Int
    /// Requests and transactions on a connection.
    public let running: Int
    /// Those that wait for a place.
    public let waiting: Int
}

extension PostgresPool {
    public var use: PoolUse {
        PoolUse(
            connections: state.count, maxConnections: configuration.maxConnections, running: state.load,
            waiting: waiters.count)
    }
}
