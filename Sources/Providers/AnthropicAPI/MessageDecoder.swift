import HTTPTransport
import Privacy

/// An answer to `POST /v1/messages`, of whatever status. Strict on what is used; other fields are not looked at.
enum MessageDecoder {
    /// The answer, whatever made it stop.
    static func message(_ response: HTTPResponse, model: String) throws(AnthropicError) -> MessageAnswer {
        guard response.status == 200 else { throw AnthropicError(response, model: model) }
        let requestID = response.headers["request-id"].flatMap { ModelName.isValid($0) ? $0 : nil }
        return try message(try object(response.body), requestID: requestID)
    }

    /// A message object, as it stands in an answer or in a batch's results.
    static func message(_ root: JSONValue, requestID: String?) throws(AnthropicError) -> MessageAnswer {
        guard root["type"]?.string == "message" else { throw .malformedAnswer("it is no message") }
        guard let answered = root["model"]?.string, ModelName.isValid(answered) else {
            throw .malformedAnswer("it names no model")
        }
        guard let reason = root["stop_reason"]?.string else { throw .malformedAnswer("stop_reason is missing") }
        guard let blocks = root["content"]?.elements else { throw .malformedAnswer("content is no list") }
        return MessageAnswer(
            model: answered, text: try text(blocks), stopReason: MessageAnswer.StopReason(reason),
            usage: try usage(root["usage"]), requestID: requestID)
    }

    /// An answer that came to its own end; any other is an error.
    static func finished(_ answer: MessageAnswer) throws(AnthropicError) -> MessageAnswer {
        switch answer.stopReason {
        case .endTurn, .stopSequence: return answer
        case .refusal: throw .refused(answer.usage)
        case .maxTokens: throw .truncated(answer.usage)
        case .contextWindowExceeded: throw .contextWindowExceeded(answer.usage)
        case .toolUse, .pauseTurn: throw .malformedAnswer("it stopped for a tool that was not offered")
        case .unknown(let reason): throw .malformedAnswer("unknown stop_reason \(reason)")
        }
    }

    static func object(_ body: [UInt8]) throws(AnthropicError) -> JSONValue {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body, maximumBytes: 4 << 20, maximumDepth: 32)
        } catch {
            // Names the place, never the content.
            throw .malformedAnswer(error.description)
        }
        guard value.members != nil else { throw .malformedAnswer("it is no JSON object") }
        return value
    }

    private static func text(_ blocks: [JSONValue]) throws(AnthropicError) -> String {
        var text = ""
        for block in blocks {
            guard let type = block["type"]?.string else { throw .malformedAnswer("a content block has no type") }
            guard type == "text" else { continue }
            guard let part = block["text"]?.string else { throw .malformedAnswer("a text block has no text") }
            text += part
        }
        return text
    }

    private static func usage(_ value: JSONValue?) throws(AnthropicError) -> TokenUsage {
        guard let value, value.members != nil else { throw .malformedAnswer("usage is missing") }
        return TokenUsage(
            uncachedInput: try count(value["input_tokens"], "input_tokens"),
            cacheCreation: try count(value["cache_creation_input_tokens"] ?? .null, "cache_creation_input_tokens"),
            cacheRead: try count(value["cache_read_input_tokens"] ?? .null, "cache_read_input_tokens"),
            output: try count(value["output_tokens"], "output_tokens"))
    }

    /// Null is none. Bounded, so that sums cannot overflow.
    private static func count(_ value: JSONValue?, _ name: String) throws(AnthropicError) -> Int {
        if value == .null { return 0 }
        guard let count = value?.integer, (0...1_000_000_000).contains(count) else {
            throw .malformedAnswer("usage.\(name) is no count")
        }
        return Int(count)
    }
}
