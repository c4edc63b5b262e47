/// The shape that a model's answer must have. It has no place for what X forbids to infer (health, politics, religion and
/// the like). Anthropic refuses limits of size and value in a schema: `SentimentAnswer` checks those.
public enum SentimentSchema {
    public static let json = """
        {"type":"object","additionalProperties":false,"required":["tweets","themes","summary"],"properties":{\
        "tweets":{"type":"array","items":{"type":"object","additionalProperties":false,\
        "required":["n","sentiment","score"],"properties":{"n":{"type":"integer"},\
        "sentiment":{"type":"string","enum":["positive","neutral","negative"]},"score":{"type":"number"}}}},\
        "themes":{"type":"array","items":{"type":"string"}},"summary":{"type":"string"}}}
        """
}
