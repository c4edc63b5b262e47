import FoundationEssentials

/// One broker node and how to log in there, as read from `amqp://user:pass@host:port/vhost` or `amqps://…`
/// (RabbitMQ URI specification; query parameters `cacertfile`, `certfile`, `keyfile`, `verify=verify_peer|verify_none`).
public struct AMQPEndpoint: Sendable, CustomStringConvertible {
    public struct TLS: Sendable {
        public var caCertificate: String?
        public var certificate: String?
        public var key: String?
        public var verifies = true
    }

    public let host: String
    public let port: Int
    public let virtualHost: String
    public let tls: TLS?
    let user: String
    let password: String

    public var description: String { "\(tls == nil ? "amqp" : "amqps")://\(host):\(port)/\(virtualHost)" }

    /// Reads a comma-separated list: the nodes of one cluster, tried in turn.
    public static func list(_ text: String) throws(AMQPError) -> [AMQPEndpoint] {
        var endpoints: [AMQPEndpoint] = []
        for part in text.split(separator: ",") {
            endpoints.append(try AMQPEndpoint(String(part.trimmingPrefix(while: \.isWhitespace))))
        }
        if endpoints.isEmpty {
            throw AMQPError(.invalidURL, "an AMQP URL is needed, amqp://user:password@host:port/vhost")
        }
        return endpoints
    }

    public init(_ text: String) throws(AMQPError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, !host.isEmpty
        else { throw AMQPError(.invalidURL, "not an AMQP URL; expected amqp://user:password@host:port/vhost") }
        guard scheme == "amqp" || scheme == "amqps" else {
            throw AMQPError(.invalidURL, "an AMQP URL begins with amqp:// or amqps://")
        }
        guard parts.fragment == nil else { throw AMQPError(.invalidURL, "write # in an AMQP URL as %23") }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? (scheme == "amqps" ? 5671 : 5672)
        guard (1...65535).contains(port) else {
            throw AMQPError(.invalidURL, "the port of an AMQP URL lies in 1…65535")
        }
        user = parts.user ?? "guest"
        password = parts.password ?? "guest"
        virtualHost = try Self.virtualHost(encoded: parts.percentEncodedPath, decoded: parts.path)
        let query = parts.queryItems ?? []
        tls = scheme == "amqps" ? try Self.tls(query) : nil
        if tls == nil, !query.isEmpty {
            throw AMQPError(.invalidURL, "certificate parameters need amqps://")
        }
        for text in [user, password, virtualHost] where text.utf8.contains(0) {
            throw AMQPError(.invalidURL, "an AMQP URL holds no zero bytes")
        }
    }

    /// No path and `/` both mean the default virtual host `/`; `/%2f` spells it out.
    private static func virtualHost(encoded: String, decoded: String) throws(AMQPError) -> String {
        if encoded.dropFirst().isEmpty { return "/" }
        guard !encoded.dropFirst().contains("/") else {
            throw AMQPError(.invalidURL, "the virtual host in an AMQP URL is one path segment; write / in it as %2f")
        }
        return String(decoded.dropFirst())
    }

    private static func tls(_ query: [URLQueryItem]) throws(AMQPError) -> TLS {
        var tls = TLS()
        for item in query {
            switch item.name {
            case "cacertfile": tls.caCertificate = item.value
            case "certfile": tls.certificate = item.value
            case "keyfile": tls.key = item.value
            case "verify":
                guard item.value == "verify_peer" || item.value == "verify_none" else {
                    throw AMQPError(.invalidURL, "verify is verify_peer or verify_none")
                }
                tls.verifies = item.value == "verify_peer"
            // Its name is not told: behind a ? that should have been %3F stands the rest of a password.
            default:
                throw AMQPError(
                    .invalidURL, "an AMQP URL takes cacertfile, certfile, keyfile and verify, no other parameter")
            }
        }
        guard (tls.certificate == nil) == (tls.key == nil) else {
            throw AMQPError(.invalidURL, "certfile and keyfile come together")
        }
        if tls.verifies, tls.caCertificate == nil { tls.caCertificate = "/etc/ssl/certs/ca-certificates.crt" }
        return tls
    }
}
