public import HTTPTransport
public import Privacy

/// Anthropic's Messages API. Safe from any thread. Nothing is ever sent twice behind the caller's back.
public struct AnthropicClient: Sendable {
    public static let defaultBaseURL = "https://api.anthropic.com"

    private let http: HTTPClient
    private let base: BaseURL
    private let apiKey: SecretString

    /// After so long a call is given up.
    public static let longestCall = Duration.seconds(300)

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

    /// Asks. The exact bytes that go out have passed `PromptValidator`; if they do not pass, `.promptNotClean` is thrown and nothing is
    /// sent.
    ///
    /// - Throws: what kept the provider from answering at all. Everything that it said, good or bad, is in the reply.
    public func send(_ request: MessageRequest) async throws(AnthropicError) -> MessageReply {
        let body = try request.body()
        let response = try await send(.post, "/v1/messages", .bytes(body))
        let limits = LimitHeaders(response.headers)
        do throws(AnthropicError) {
            let answer = try MessageDecoder.message(response, model: request.model)
            return MessageReply(result: .success(answer), limits: limits)
        } catch {
            return MessageReply(result: .failure(error), limits: limits)
        }
    }

    /// Whether the model exists for this key: returns its full id, or throws `.notFound`.
    public func model(_ id: String) async throws(AnthropicError) -> String {
        guard ModelName.isValid(id) else { throw .invalidRequest("the model's name has characters that no model has") }
        let response = try await send(.get, "/v1/models/\(id)", .none, patience: .seconds(5))
        guard response.status == 200 else { throw AnthropicError(response, model: id) }
        guard let known = try MessageDecoder.object(response.body)["id"]?.string, ModelName.isValid(known) else {
            throw .malformedAnswer("it names no model")
        }
        return known
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: HTTPRequest.Body, maximum: Int = 4 << 20,
        patience: Duration = AnthropicClient.longestCall
    ) async throws(AnthropicError) -> HTTPResponse {
        // A model may think for long before its first byte: no limit on silence.
        let timeouts = HTTPTimeouts(connect: .seconds(5), total: patience, stall: nil)
        var headers: HTTPHeaders = ["anthropic-version": "2023-06-01", "x-api-key": apiKey.reveal()]
        if case .bytes = body { headers["content-type"] = "application/json" }
        let request = HTTPRequest(
            method, base.text + path, headers: headers, body: body, timeouts: timeouts, maxResponseBytes: maximum)
        do {
            return try await http.send(request)
        } catch {
            throw AnthropicError(transport: error)
        }
    }
}
