/// One of the real servers that tests run against. The raw value is its name in `compose/servers`.
public enum Server: String, Sendable, CaseIterable {
    case rabbitmq
    case postgres
    case redis

    /// The environment variable that carries the server's address.
    var addressVariable: String {
        switch self {
        case .rabbitmq: "AMQP_URL"
        case .postgres: "DATABASE_URL"
        case .redis: "REDIS_URL"
        }
    }
}

/// The tests' servers could not be used; the text says why and what to do.
public struct ServerError: Error, CustomStringConvertible {
    public let description: String
}
