import Privacy

/// A batch of questions at the provider (https://docs.anthropic.com/en/api/creating-message-batches): answered within 24 hours, at half
/// the price, outside of the limits for single calls.
public struct BatchStatus: Equatable, Sendable {
    public enum Processing: String, Sendable {
        case inProgress = "in_progress"
        case canceling
        case ended
    }

    /// `msgbatch_…`
    public let id: String
    public let processing: Processing

    init(_ root: JSONValue) throws(AnthropicError) {
        guard root["type"]?.string == "message_batch" else { throw .malformedAnswer("it is no batch") }
        guard let id = root["id"]?.string, ModelName.isValid(id) else { throw .malformedAnswer("the batch has no id") }
        guard let processing = root["processing_status"]?.string.flatMap(Processing.init(rawValue:)) else {
            throw .malformedAnswer("the batch has no known processing_status")
        }
        self.id = id
        self.processing = processing
    }
}

/// What became of one question of a batch. Results come in any order.
public struct BatchResult: Sendable {
    public enum Outcome: Sendable {
        case answered(MessageAnswer)
        /// The provider could not take the question.
        case errored
        /// Never asked: the batch was cancelled, or its time was over. Costs nothing.
        case unasked
    }

    /// As it was given with the question.
    public let customID: String
    public let outcome: Outcome

    init(line: some Collection<UInt8>) throws(AnthropicError) {
        let root = try MessageDecoder.object(Array(line))
        guard let id = root["custom_id"]?.string, (1...64).contains(id.utf8.count) else {
            throw .malformedAnswer("a result has no custom_id")
        }
        customID = id
        switch root["result"]?["type"]?.string {
        case "succeeded":
            guard let message = root["result"]?["message"] else { throw .malformedAnswer("a result has no message") }
            outcome = .answered(try MessageDecoder.message(message, requestID: nil))
        case "errored": outcome = .errored
        case "canceled", "expired": outcome = .unasked
        default: throw .malformedAnswer("a result has no known type")
        }
    }
}
