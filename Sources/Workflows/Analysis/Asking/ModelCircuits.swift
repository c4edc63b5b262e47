import AnthropicAPI
import CircuitBreakers

/// The circuit of the provider as a whole, and one of each model: overload (529) is of one model, and opens its circuit alone.
struct ModelCircuits: Sendable {
    let provider = CircuitBreaker(name: "anthropic")
    private let models: [String: CircuitBreaker]

    init(_ models: [String]) {
        self.models = Dictionary(
            models.map { ($0, CircuitBreaker(name: "anthropic " + $0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// One of each model.
    var all: [CircuitBreaker] { Array(models.values) }

    /// Runs a call through both.
    func call<Value: Sendable>(
        _ model: String, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await provider.call(verdict: Self.ofProvider) {
            guard let circuit = models[model] else { return try await body() }
            return try await circuit.call(verdict: Self.ofModel, body)
        }
    }

    /// What an error says of the provider's health. An answer that refuses us, the prompt or the request was given by a healthy
    /// provider; a rate limit is ours, and overload one model's.
    @Sendable static func ofProvider(_ error: any Error) -> Circuit.Verdict {
        switch error {
        case AnthropicError.unavailable(_, let retryAfter): .failing(retryAfter: retryAfter)
        case AnthropicError.malformedAnswer: .failing()
        case AnthropicError.promptNotClean, AnthropicError.interrupted: .unknown
        case is AnthropicError: .healthy
        default: .unknown
        }
    }

    @Sendable private static func ofModel(_ error: any Error) -> Circuit.Verdict {
        switch error {
        case AnthropicError.overloaded(let retryAfter): .down(retryAfter: retryAfter)
        case AnthropicError.refused, AnthropicError.truncated, AnthropicError.contextWindowExceeded: .healthy
        default: .unknown
        }
    }
}
