/// A checked body of `POST /v1/messages`.
struct MessagesRequest {
    var model: String
    var maxTokens: Int
    /// Every text that the model would read, with where it stands.
    var texts: [(place: String, text: String)]
    var tweets: [PromptTweet]
    /// The JSON schema asked for in `output_config.format`.
    var schema: JSON?
    var userID: String?
    /// The beginning of the prompt that is marked for the cache.
    var cached: String

    private static let fields: Set<String> = [
        "cache_control", "container", "context_management", "inference_geo", "max_tokens", "mcp_servers", "messages",
        "metadata", "model", "output_config", "service_tier", "speed", "stop_sequences", "stream", "system",
        "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p",
    ]

    /// What the prompt comes to: about four bytes make a token.
    var inputTokens: Int {
        Self.tokens(texts.lazy.filter { !$0.place.hasPrefix("tweet ") }.map(\.text.utf8.count).reduce(0, +))
    }

    static func tokens(_ bytes: Int) -> Int { (bytes + 3) / 4 }

    init(_ body: JSON) throws(AnthropicError) {
        guard let members = body.object else { throw .invalid("The request body is not a JSON object") }
        if let other = members.keys.filter({ !Self.fields.contains($0) }).sorted().first {
            throw .invalid("\(other): Extra inputs are not permitted")
        }
        guard let model = members["model"]?.string else { throw .invalid("model: Field required") }
        guard AnthropicModels.all.contains(model) else {
            throw AnthropicError(status: 404, message: "model: \(model)")
        }
        guard let maxTokens = members["max_tokens"] else { throw .invalid("max_tokens: Field required") }
        guard let limit = maxTokens.int, limit >= 1 else {
            throw .invalid("max_tokens: Input should be greater than or equal to 1")
        }
        self.model = model
        self.maxTokens = limit
        try Self.refuseWhatIsNotPlayed(members)
        (texts, tweets) = try PromptReader.read(members)
        schema = try Self.schema(members["output_config"])
        userID = try Self.userID(members["metadata"])
        cached = PromptReader.marked(members["system"])
    }

    private static func refuseWhatIsNotPlayed(_ members: [String: JSON]) throws(AnthropicError) {
        for name in ["temperature", "top_p", "top_k"] where members[name] != nil {
            throw .invalid("\(name): sampling parameters are not supported on this model")
        }
        if members["stream"]?.bool == true { throw .invalid("stream: the sandbox does not play streaming") }
        for name in ["tools", "mcp_servers"] where members[name]?.array?.isEmpty == false {
            throw .invalid("\(name): the sandbox does not play tools")
        }
    }

    private static func schema(_ config: JSON?) throws(AnthropicError) -> JSON? {
        guard let config, config != .null else { return nil }
        guard let members = config.object else { throw .invalid("output_config: Input should be an object") }
        if let other = members.keys.first(where: { $0 != "format" && $0 != "effort" }) {
            throw .invalid("output_config.\(other): Extra inputs are not permitted")
        }
        guard let format = members["format"], format != .null else { return nil }
        guard format["type"]?.string == "json_schema" else {
            throw .invalid("output_config.format.type: Input should be 'json_schema'")
        }
        guard let schema = format["schema"], schema.object != nil else {
            throw .invalid("output_config.format.schema: Field required")
        }
        try OutputSchema.check(schema)
        return schema
    }

    private static func userID(_ metadata: JSON?) throws(AnthropicError) -> String? {
        guard let value = metadata?["user_id"], value != .null else { return nil }
        guard let text = value.string, text.utf8.count <= 256 else {
            throw .invalid("metadata.user_id: Input should be a string of at most 256 characters")
        }
        return text
    }
}
