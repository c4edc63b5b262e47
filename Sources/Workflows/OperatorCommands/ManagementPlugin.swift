import Bootstrap
import FoundationEssentials
import HTTPTransport
import Privacy
import Topology

/// RabbitMQ's management plugin over HTTP (https://rawcdn.githack.com/rabbitmq/rabbitmq-server/v3.10.x/deps/rabbitmq_management/priv/www/api/index.html).
struct ManagementPlugin: Sendable {
    private let base: String
    private let authorization: SecretString

    /// Nil without `RABBITMQ_MANAGEMENT_URL`, or with a fault in the reader.
    static func read(_ reader: inout SettingsReader) -> ManagementPlugin? {
        guard let text = reader.text("RABBITMQ_MANAGEMENT_URL") else { return nil }
        guard let plugin = ManagementPlugin(text) else {
            reader.fault("RABBITMQ_MANAGEMENT_URL", "expected http://user:password@host:port")
            return nil
        }
        return plugin
    }

    init?(_ text: String) {
        guard var parts = URLComponents(string: text), let scheme = parts.scheme, ["http", "https"].contains(scheme),
            parts.host?.isEmpty == false, parts.query == nil, parts.fragment == nil
        else { return nil }
        let credentials = "\(parts.user ?? "guest"):\(parts.password ?? "guest")"
        (parts.user, parts.password) = (nil, nil)
        guard var base = parts.string else { return nil }
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        authorization = SecretString("Basic " + Data(credentials.utf8).base64EncodedString())
    }

    /// The broker's version, such as `3.10.8`.
    func version() async throws(CommandFault) -> String {
        guard let answer = try? JSON(parsing: try await get("/api/overview")),
            let text = answer["rabbitmq_version"]?.string,
            text.utf8.count <= 64
        else { throw CommandFault("the management plugin's overview names no version") }
        return text
    }

    func missingBindings(
        of definition: TopologyDefinition, vhost: String
    ) async throws -> [TopologyDifference] {
        let name = vhost.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? vhost
        return try TopologyVerifier.missingBindings(of: definition, inListing: try await get("/api/bindings/\(name)"))
    }

    private func get(_ path: String) async throws(CommandFault) -> [UInt8] {
        var configuration = HTTPClientConfiguration()
        // The operator wrote this URL, next to an AMQP URL that may be just as plain.
        configuration.plainHTTP = .anywhere
        let client = HTTPClient(configuration: configuration)
        let request = HTTPRequest(
            .get, base + path, headers: ["Authorization": authorization.reveal()],
            timeouts: HTTPTimeouts(connect: .seconds(5), total: .seconds(20)), maxResponseBytes: 64 << 20)
        let answer: Result<HTTPResponse, HTTPError>
        do throws(HTTPError) { answer = .success(try await client.send(request)) } catch { answer = .failure(error) }
        await client.shutdown()
        switch answer {
        case .failure(let error):
            throw CommandFault(
                "the management plugin (RABBITMQ_MANAGEMENT_URL) cannot be reached: \(error)", .unavailable)
        case .success(let response):
            guard response.status == 200 else {
                throw CommandFault(
                    "the management plugin (RABBITMQ_MANAGEMENT_URL) answers \(response.status) where 200 is expected; "
                        + "401 means a wrong user or password, 404 another service")
            }
            return response.body
        }
    }
}
