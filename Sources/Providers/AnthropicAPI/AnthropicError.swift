public import Contracts
public import Privacy

/// Why Anthropic gave no usable answer. Holds no key, no prompt and nothing of an answer's text, so it may be logged.
public enum AnthropicError: Error, Equatable, Sendable {
    /// The bytes about to be sent still held something personal. Nothing was sent; raise an alert.
    case promptNotClean(PersonalKind)
    case rateLimited(retryAfter: Duration?)
    /// 529: not our limit. It opens the model's breaker and costs neither quota nor attempt.
    case overloaded(retryAfter: Duration?)
    /// 401, 402, 403: the key, the billing or the permissions; for the operator.
    case unauthorized
    case invalidRequest(String)
    /// Retired or misspelt: try the next model of the list.
    case notFound(model: String)
    case requestTooLarge
    /// 5xx, 408, 409, or no answer at all.
    case unavailable(FailureReason, retryAfter: Duration?)
    /// The model declined. What it used is charged all the same.
    case refused(TokenUsage)
    /// The answer ended at `max_tokens`: ask with less, or allow more.
    case truncated(TokenUsage)
    /// Prompt and answer together did not fit into the model's context window: ask with less.
    case contextWindowExceeded(TokenUsage)
    /// Cut off, not JSON, or another shape than asked for. Says what, never with a value.
    case malformedAnswer(String)
    /// The task was cancelled, or the client shut down.
    case interrupted
}

extension AnthropicError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .promptNotClean(let kind): "the prompt still holds something like \(kind.marker); nothing was sent"
        case .rateLimited: "Anthropic's rate limit is reached"
        case .overloaded: "Anthropic is overloaded"
        case .unauthorized: "Anthropic does not accept the key or its permissions: check ANTHROPIC_API_KEY and billing"
        case .invalidRequest(let what): "Anthropic's Messages API cannot take the request: \(what)"
        case .notFound(let model): "Anthropic does not know the model \(model): check ANTHROPIC_MODEL_BASIC and _PRO"
        case .requestTooLarge: "the request is too large for Anthropic"
        case .unavailable(let reason, _): "Anthropic is not available (\(reason))"
        case .refused: "the model declined to answer"
        case .truncated: "the model's answer was cut at its limit of tokens"
        case .contextWindowExceeded: "the question is too large for the model's context window"
        case .malformedAnswer(let what): "the model's answer is not as asked for: \(what)"
        case .interrupted: "the request was interrupted"
        }
    }
}
