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

    /// How many input tokens it is, about, and rather too many: a token is seldom less than three bytes of UTF-8.
    public var estimatedInputTokens: Int {
        (system.utf8CodeUnitCount + prompt.text.utf8.count + schema.utf8.count) / 3 + 64
    }

    /// The body of `POST /v1/messages`, validated byte by byte.
    func body() throws(AnthropicError) -> [UInt8] { try Self.validated(try parameters()) }

    /// What goes out has no personal data in it, to the last byte.
    static func validated(_ value: JSONValue) throws(AnthropicError) -> [UInt8] {
        let bytes = Array(value.serialized().utf8)
        do {
            try PromptValidator.validate(bytes)
        } catch {
            throw .promptNotClean(error.kind)
        }
        return bytes
    }

    /// No sampling parameters and no prefill: current models refuse both. The system part is the same for every call and comes first,
    /// so that the provider can keep it in its cache.
    func parameters() throws(AnthropicError) -> JSONValue {
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
        return [
            "model": .string(model), "max_tokens": .integer(Int64(maxTokens)),
            "system": [["type": "text", "text": .string("\(system)"), "cache_control": ["type": "ephemeral"]]],
            "messages": [["role": "user", "content": .string(prompt.text)]],
            "output_config": ["format": ["type": "json_schema", "schema": schema]],
            "metadata": ["user_id": .string(userPseudonym)],
        ]
    }

    private func isOpaque(_ text: String) -> Bool {
        (16...256).contains(text.utf8.count) && text.utf8.allSatisfy { ModelName.isWord($0) || $0 == UInt8(ascii: "_") }
    }
}
