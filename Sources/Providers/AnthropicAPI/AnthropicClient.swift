public import HTTPTransport
public import Privacy

/// Anthropic's Messages API. Safe from any thread. Nothing is ever sent twice behind the caller's back.
public struct AnthropicClient: Sendable {
    public static let defaultBaseURL = "https://api.anthropic.com"

    private let http: HTTPClient
    private let base: BaseURL
    private let apiKey: SecretString

    /// A model may think for long before its first byte: no limit on silence.
    private static let timeouts = HTTPTimeouts(connect: .seconds(5), total: .seconds(120), stall: nil)

    /// - Parameter baseURL: `https`, or `http` on a loopback host; may have a path. Anything else, or a key that no header
    ///   can carry, is `.invalidRequest`.
    public init(
        http: HTTPClient, baseURL: String = AnthropicClient.defaultBaseURL, apiKey: SecretString
    ) throws(AnthropicError) {
        guard let base = BaseURL(baseURL) else {
            throw .invalidRequest("ANTHROPIC_API_URL must be https://… (http://… for this machine only), without ? # @")
        }
        let isUsable = apiKey.withValue { !$0.isEmpty && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
        guard isUsable else { throw .invalidRequest("ANTHROPIC_API_KEY is empty or has characters that no key has") }
        self.http = http
        self.base = base
        self.apiKey = apiKey
    }

    /// Asks, and gives an answer that came to its own end. The exact bytes that go out have passed `PromptValidator`; if
    /// they do not pass, `.promptNotClean` is thrown and nothing is sent.
    public func createMessage(_ request: MessageRequest) async throws(AnthropicError) -> MessageAnswer {
        let body = try request.body()
        let response = try await send(.post, "/v1/messages", .bytes(body))
        return try MessageDecoder.finished(response, model: request.model)
    }

    /// Whether the model exists for this key: returns its full id, or throws `.notFound`.
    public func model(_ id: String) async throws(AnthropicError) -> String {
        guard ModelName.isValid(id) else { throw .invalidRequest("the model's name has characters that no model has") }
        let response = try await send(.get, "/v1/models/\(id)", .none)
        guard response.status == 200 else { throw AnthropicError(response, model: id) }
        guard let known = try MessageDecoder.object(response.body)["id"]?.string, ModelName.isValid(known) else {
            throw .malformedAnswer("it names no model")
        }
        return known
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: HTTPRequest.Body
    ) async throws(AnthropicError) -> HTTPResponse {
        var headers: HTTPHeaders = ["anthropic-version": "2023-06-01", "x-api-key": apiKey.reveal()]
        if case .bytes = body { headers["content-type"] = "application/json" }
        let request = HTTPRequest(
            method, base.text + path, headers: headers, body: body, timeouts: Self.timeouts, maxResponseBytes: 4 << 20)
        do {
            return try await http.send(request)
        } catch {
            throw AnthropicError(transport: error)
        }
    }
}
