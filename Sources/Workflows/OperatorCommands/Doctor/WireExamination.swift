import AMQP
import Postgres
import Redis

/// Whether what goes to a server can be read on its way. On this machine nobody could; between machines a private network may do,
/// so it is a warning. (Providers are never spoken to in plain text: `PlainHTTP`.)
enum WireExamination {
    static func findings(_ broker: AMQPConfiguration) -> [Finding] {
        let plain = broker.endpoints.filter { $0.tls?.verifies != true && !isThisMachine($0.host) }
        return plain.isEmpty ? [] : [finding("rabbitmq", "amqps:// without verify=verify_none in AMQP_URL")]
    }

    static func findings(_ redis: RedisConfiguration) -> [Finding] {
        guard case .tcp(let host, _) = redis.address, !isThisMachine(host) else { return [] }
        return [finding("redis", "a socket, or a tunnel on this machine, in REDIS_URL")]
    }

    /// As the server sees this connection.
    static func findings(_ pool: PostgresPool) async throws -> [Finding] {
        let row = try await pool.query(
            """
            select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false)
                or inet_client_addr() is null or inet_client_addr() <<= '127.0.0.0/8' or inet_client_addr() = '::1' as is_safe
            """)[0]
        return try row.decode(Bool.self, "is_safe")
            ? [] : [finding("postgresql", "sslmode=verify-full in DATABASE_URL")]
    }

    private static func finding(_ subject: String, _ remedy: String) -> Finding {
        .warning(
            subject, "is spoken to without TLS", "use \(remedy), unless nobody else is in the network between")
    }

    static func isThisMachine(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && host.allSatisfy { $0 == "." || $0.isNumber })
    }
}
