/// How Anthropic is played: set by `PUT /sandbox/anthropic` with a JSON object of any of
///
/// | member | meaning |
/// | --- | --- |
/// | `rpm`, `itpm`, `otpm` | the organisation's limits of each class of models |
/// | `unknown_models` | models that are not known any more |
/// | `overloaded_models` | models that answer 529 |
/// | `overloaded_seconds` | after how long they say to come again (they do not say) |
/// | `batch_seconds` | how long a batch takes (1) |
/// | `batch_unanswered` | so many requests of each batch end without an answer: the first errored, the others expired |
/// | `obeys` | `[{"phrase":…,"effect":"label"}]`, or `leak`, `shape`: orders that the model obeys where it finds them |
/// | `obeys_inside` | … in the tweets too |
struct AnthropicPlay: Equatable, Sendable {
    var limits = AnthropicBuckets.Limits()
    var unknownModels: Set<String> = []
    var overloadedModels: Set<String> = []
    var overloadedSeconds: Int?
    var batchSeconds = 1.0
    var batchUnanswered = 0
    var gullibility = Gullibility()

    init() {}

    /// Nil for what is not understood.
    init?(_ body: [UInt8]) {
        guard let members = JSON(bytes: body)?.object else { return nil }
        for (name, value) in members {
            switch name {
            case "rpm": limits.requests = value.int ?? 0
            case "itpm": limits.inputTokens = value.int ?? 0
            case "otpm": limits.outputTokens = value.int ?? 0
            case "unknown_models": unknownModels = Set((value.array ?? []).compactMap(\.string))
            case "overloaded_models": overloadedModels = Set((value.array ?? []).compactMap(\.string))
            case "overloaded_seconds": overloadedSeconds = value.int
            case "batch_seconds": batchSeconds = value.number ?? 1
            case "batch_unanswered": batchUnanswered = value.int ?? 0
            case "obeys_inside": gullibility.looksInside = value.bool ?? false
            case "obeys":
                for order in value.array ?? [] {
                    guard let phrase = order["phrase"]?.string, !phrase.isEmpty,
                        let effect = order["effect"]?.string.flatMap(Gullibility.Effect.init(rawValue:))
                    else { return nil }
                    gullibility.orders.append(.init(phrase: phrase, effect: effect))
                }
            default: return nil
            }
        }
        guard limits.requests > 0, limits.inputTokens > 0, limits.outputTokens > 0 else { return nil }
    }
}

extension JSON {
    fileprivate var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }
}
