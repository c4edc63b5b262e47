public import Privacy

/// One question to a model.
public struct MessageRequest: Sendable {
    public let model: String
    /// Of the answer; an answer that reaches it is `.truncated`.
    public let maxTokens: Int
    /// Ours, and static, so that nothing from outside can become an instruction.
    public let system: StaticString
    public let prompt: Prompt
    /// A JSON schema as Anthropic takes them: `additionalProperties: false` everywhere, no limits of size or value.
    public let schema: String
    /// Opaque, a hash or UUID; Anthropic must not learn who the user is.
    public let userPseudonym: String

    public init(
        model: String, maxTokens: Int, system: StaticString, prompt: Prompt, schema: String = SentimentSchema.json,
        userPseudonym: String
    ) {
        self.model = model
        self.maxTokens = maxTokens
        self.system = system
        self.prompt = prompt
        self.schema = schema
        self.userPseudonym = userPseudonym
    }

    /// The body of `POST /v1/messages`, validated byte by byte. No sampling parameters and no prefill: current models
    /// refuse both.
    func body() throws(AnthropicError) -> [UInt8] {
        guard ModelName.isValid(model) else {
            throw .invalidRequest("the model's name has characters that no model has")
        }
        guard maxTokens > 0 else { throw .invalidRequest("max_tokens must be positive") }
        guard isOpaque(userPseudonym) else {
            throw .invalidRequest("metadata.user_id must be 16 to 256 of A-Z a-z 0-9 _ -, a hash or a UUID")
        }
        guard let schema = try? JSONValue(parsing: schema), schema.members != nil else {
            throw .invalidRequest("the answer's schema is not a JSON object")
        }
        let body: JSONValue = [
            "model": .string(model), "max_tokens": .integer(Int64(maxTokens)), "system": .string("\(system)"),
            "messages": [["role": "user", "content": .string(prompt.text)]],
            "output_config": ["format": ["type": "json_schema", "schema": schema]],
            "metadata": ["user_id": .string(userPseudonym)],
        ]
        let bytes = Array(body.serialized().utf8)
        do {
            try PromptValidator.validate(bytes)
        } catch {
            throw .promptNotClean(error.kind)
        }
        return bytes
    }

    private func isOpaque(_ text: String) -> Bool {
        (16...256).contains(text.utf8.count) && text.utf8.allSatisfy { ModelName.isWord($0) || $0 == UInt8(ascii: "_") }
    }
}
