/// A whole answer. `text` is the model's: check it before use (`SentimentAnswer`).
public struct MessageAnswer: Equatable, Sendable {
    public enum StopReason: Equatable, Sendable {
        case endTurn
        case maxTokens
        case stopSequence
        case toolUse
        case pauseTurn
        case refusal
        case contextWindowExceeded
        /// At most 64 of `a-z _`; anything else is written as `?`.
        case unknown(String)
    }

    /// The model that answered; it may name a date that the one asked for does not.
    public let model: String
    /// All text blocks, joined.
    public let text: String
    public let stopReason: StopReason
    public let usage: TokenUsage
    /// For a question to Anthropic's support.
    public let requestID: String?
}

extension MessageAnswer: CustomStringConvertible, CustomReflectable {
    public var description: String { "answer of \(model), \(usage.total) tokens" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

extension MessageAnswer.StopReason {
    init(_ text: String) {
        self =
            switch text {
            case "end_turn": .endTurn
            case "max_tokens": .maxTokens
            case "stop_sequence": .stopSequence
            case "tool_use": .toolUse
            case "pause_turn": .pauseTurn
            case "refusal": .refusal
            case "model_context_window_exceeded": .contextWindowExceeded
            default: .unknown(Self.isSafe(text) ? text : "?")
            }
    }

    private static func isSafe(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
    }
}
