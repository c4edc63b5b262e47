import FoundationEssentials
import HTTPTransport
public import Privacy

/// RabbitMQ's management plugin over HTTP (https://rawcdn.githack.com/rabbitmq/rabbitmq-server/v3.10.x/deps/rabbitmq_management/priv/www/api/index.html).
public struct ManagementAPI: Sendable {
    /// Why there was no answer.
    public struct Fault: Error, CustomStringConvertible {
        public let description: String
        /// Out of reach, rather than an answer that was not expected.
        public let isUnavailable: Bool
    }

    private let base: String
    private let authorization: SecretString

    /// Nil without `RABBITMQ_MANAGEMENT_URL`, or with a fault in the reader.
    public static func read(_ reader: inout SettingsReader) -> ManagementAPI? {
        guard let text = reader.text("RABBITMQ_MANAGEMENT_URL") else { return nil }
        guard let api = ManagementAPI(text) else {
            reader.fault("RABBITMQ_MANAGEMENT_URL", "expected http://user:password@host:port")
            return nil
        }
        return api
    }

    public init?(_ text: String) {
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

    /// A name as one component of a path.
    public func path(component: String) -> String {
        component.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    /// The elements of an answer that is an array.
    public func array(_ path: String) async throws(Fault) -> [Privacy.JSONValue] {
        guard let answer = try? Privacy.JSONValue(parsing: try await get(path)), let elements = answer.elements else {
            throw Fault(description: "the management plugin answers something else than a list", isUnavailable: false)
        }
        return elements
    }

    /// The body of an answer 200; at most 64 MiB.
    public func get(_ path: String) async throws(Fault) -> [UInt8] {
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
            throw Fault(
                description: "the management plugin (RABBITMQ_MANAGEMENT_URL) cannot be reached: \(error)",
                isUnavailable: true)
        case .success(let response):
            guard response.status == 200 else {
                throw Fault(
                    description:
                        "the management plugin (RABBITMQ_MANAGEMENT_URL) answers \(response.status) where 200 is expected; "
                        + "401 means a wrong user or password, 404 another service", isUnavailable: false)
            }
            return response.body
        }
    }
}
