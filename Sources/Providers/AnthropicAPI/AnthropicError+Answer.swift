import HTTPTransport
import Privacy

extension AnthropicError {
    init(transport error: HTTPError) {
        self =
            switch error.kind {
            case .cancelled, .clientClosed: .interrupted
            case .timeout: .unavailable(.timeout, retryAfter: nil)
            case .truncatedBody: .malformedAnswer("it was cut off")
            case .responseTooLarge: .malformedAnswer("it is larger than any answer should be")
            case .protocolViolation: .malformedAnswer("it is not HTTP")
            case .invalidRequest, .requestBodyFailed: .invalidRequest("it cannot be sent: check ANTHROPIC_API_URL")
            case .resolve, .connect, .tls, .untrustedCertificate, .sendFailed, .receiveFailed, .smtp, .library:
                .unavailable(.network, retryAfter: nil)
            }
    }

    /// An answer that is not 200 (platform.claude.com/docs/en/api/errors). `x-should-retry` decides where the status
    /// leaves a choice. The error's message is not read: it may quote the prompt.
    init(_ response: HTTPResponse, model: String) {
        let delay = RetryAfter.delay(response.headers)
        let mayRetry = response.headers["x-should-retry"].map { $0 == "true" }
        self =
            switch (response.status, mayRetry) {
            case (429, _): .rateLimited(retryAfter: delay)
            case (529, _): .overloaded(retryAfter: delay)
            case (401...403, _): .unauthorized
            case (413, _): .requestTooLarge
            case (404, _) where Self.type(response) == "not_found_error": .notFound(model: model)
            case (408, false), (409, false), (500...599, false):
                .invalidRequest("status \(response.status), not to be retried")
            case (408, _), (409, _), (500...599, _), (_, true): .unavailable(.provider, retryAfter: delay)
            case (200..<300, _): .malformedAnswer("status \(response.status) where 200 belongs")
            case (404, _): .invalidRequest("404 without Anthropic's reason: check ANTHROPIC_API_URL")
            default: .invalidRequest("status \(response.status)")
            }
    }

    private static func type(_ response: HTTPResponse) -> String? {
        (try? JSONValue(parsing: response.body, maximumBytes: 64 << 10, maximumDepth: 8))?["error"]?["type"]?.string
    }
}
