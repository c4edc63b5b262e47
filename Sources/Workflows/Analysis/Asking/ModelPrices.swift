import AnthropicAPI
import RateLimits

/// What tokens cost, in dollars a million: for the audit trail's estimate, not for a bill.
struct ModelPrices: Equatable, Sendable {
    struct Price: Equatable, Sendable {
        let input: Double
        let output: Double
    }

    /// By class of models (https://www.anthropic.com/pricing, as of November 2026).
    var byClass = [
        "opus": Price(input: 5, output: 25), "sonnet": Price(input: 3, output: 15), "haiku": Price(input: 1, output: 5),
    ]

    init() {}

    /// Reads `sonnet=3/15,opus=5/25`, input and output; nil for anything else.
    init?(setting text: String) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.filter { $0 != " " }.split(separator: "=", omittingEmptySubsequences: false)
            let numbers = halves.last?.split(separator: "/").compactMap { Double($0) } ?? []
            guard halves.count == 2, !halves[0].isEmpty, numbers.count == 2,
                numbers.allSatisfy({ (0...100_000).contains($0) })
            else { return nil }
            byClass[String(halves[0])] = Price(input: numbers[0], output: numbers[1])
        }
    }

    /// In millionths of a dollar; nil for a class without a price. Into the cache costs a quarter more, out of it a tenth, in a batch
    /// half (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching#pricing).
    func cost(of parts: [AnalysisPart]) -> Int? {
        var sum = 0.0
        for part in parts where part.usage.total > 0 {
            guard let price = byClass[OrganisationLimits.modelClass(of: part.model)] else { return nil }
            let usage = part.usage
            let input =
                Double(usage.uncachedInput) + 1.25 * Double(usage.cacheCreation) + 0.1 * Double(usage.cacheRead)
            sum += (input * price.input + Double(usage.output) * price.output) * (part.isBatched ? 0.5 : 1)
        }
        return Int(sum.rounded())
    }
}
