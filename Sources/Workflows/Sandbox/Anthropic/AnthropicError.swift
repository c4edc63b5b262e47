/// An error in Anthropic's shape (platform.claude.com/docs/en/api/errors).
struct AnthropicError: Error {
    var status: Int
    var type: String
    var message: String
    var headers: [(name: String, value: String)] = []

    static func invalid(_ message: String) -> Self {
        Self(status: 400, type: "invalid_request_error", message: message)
    }

    init(status: Int, type: String? = nil, message: String, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.type = type ?? Self.type(of: status)
        self.message = message
        self.headers = headers
    }

    func answer(requestID: String) -> SandboxAnswer {
        .json(
            status,
            [
                "type": "error", "error": ["type": .string(type), "message": .string(message)],
                "request_id": .string(requestID),
            ], headers: [("request-id", requestID)] + headers)
    }

    static func type(of status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 409: "conflict_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 504: "timeout_error"
        case 529: "overloaded_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
    }
}
