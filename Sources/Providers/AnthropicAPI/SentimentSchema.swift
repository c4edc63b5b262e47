/// The shape that a model's answer must have. It has no place for what X forbids to infer (health, politics, religion and
/// the like). Anthropic refuses limits of size and value in a schema: `SentimentAnswer` checks those.
public enum SentimentSchema {
    /// Changes when the shape does; stored with each analysis.
    public static let version = 2

    public static let json = """
        {"type":"object","additionalProperties":false,"required":["tweets","themes","notable","risks","summary"],"properties":{\
        "tweets":{"type":"array","items":{"type":"object","additionalProperties":false,\
        "required":["n","sentiment","score"],"properties":{"n":{"type":"integer"},\
        "sentiment":{"type":"string","enum":["positive","neutral","negative"]},"score":{"type":"number"}}}},\
        "themes":{"type":"array","items":{"type":"string"}},"notable":{"type":"array","items":{"type":"integer"}},\
        "risks":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["n","risk"],\
        "properties":{"n":{"type":"integer"},"risk":{"type":"string","enum":[\
        \(ReputationRisk.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ","))]}}}},\
        "summary":{"type":"string"}}}
        """
}

/// How a tweet may hurt its author's reputation: a closed list, about words and manners only.
public enum ReputationRisk: String, CaseIterable, Sendable {
    case insult
    case threat
    case profanity
    case mockery
    /// Something internal or confidential is told.
    case disclosure
    /// Stated as a fact, and open to doubt.
    case unverifiedClaim = "unverified_claim"
    /// A quarrel in public.
    case dispute
    /// Repeated, or like an advertisement.
    case spam
}
