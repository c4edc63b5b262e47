import HTTPTransport

/// What Anthropic said to a question: an answer, whatever made it stop, or an error; and how much is left of the organisation's limits.
public struct MessageReply: Sendable {
    public let result: Result<MessageAnswer, AnthropicError>
    public let limits: LimitHeaders

    /// An answer that came to its own end; any other is an error by the name of its `stop_reason`.
    public func finished() throws(AnthropicError) -> MessageAnswer { try result.get().finished() }
}

extension MessageAnswer {
    /// The answer, if it came to its own end.
    public func finished() throws(AnthropicError) -> MessageAnswer { try MessageDecoder.finished(self) }
}

/// The headers `anthropic-ratelimit-{requests,input-tokens,output-tokens}-{limit,remaining}` of an answer; nil = not told, or not
/// readable. Counts only: their resets are not needed to refill a bucket of a known size.
public struct LimitHeaders: Equatable, Sendable {
    public struct Level: Equatable, Sendable {
        public let limit: Int?
        public let remaining: Int?
    }

    public let requests: Level
    public let inputTokens: Level
    public let outputTokens: Level

    init(_ headers: HTTPHeaders) {
        func level(_ name: String) -> Level {
            Level(
                limit: Self.count(headers["anthropic-ratelimit-\(name)-limit"]),
                remaining: Self.count(headers["anthropic-ratelimit-\(name)-remaining"]))
        }
        requests = level("requests")
        inputTokens = level("input-tokens")
        outputTokens = level("output-tokens")
    }

    private static func count(_ text: String?) -> Int? {
        guard let text, (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
