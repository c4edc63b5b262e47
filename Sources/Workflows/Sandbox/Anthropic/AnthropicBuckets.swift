import FoundationEssentials

/// Requests and tokens a minute of one class of models, as buckets that fill continuously
/// (https://docs.anthropic.com/en/api/rate-limits).
struct AnthropicBuckets: Sendable {
    struct Limits: Equatable, Sendable {
        var requests = 4_000
        var inputTokens = 2_000_000
        var outputTokens = 400_000
    }

    let limits: Limits
    private var level: (requests: Double, input: Double, output: Double)
    private var at: Date?

    init(_ limits: Limits = Limits()) {
        self.limits = limits
        level = (Double(limits.requests), Double(limits.inputTokens), Double(limits.outputTokens))
    }

    /// Counts a call, or says how many seconds too early it came. Of the output nothing is known before: it may overdraw once.
    mutating func take(input: Int, now: Date) -> Int? {
        fill(now)
        let missing =
            [
                (1 - level.requests) / Double(limits.requests),
                (min(Double(input), Double(limits.inputTokens)) - level.input) / Double(limits.inputTokens),
                (1 - level.output) / Double(limits.outputTokens),
            ].max() ?? 0
        guard missing <= 0 else { return max(1, Int((missing * 60).rounded(.up))) }
        level.requests -= 1
        level.input -= Double(input)
        return nil
    }

    mutating func settle(output: Int) { level.output -= Double(output) }

    /// - Parameter empty: The name of a limit that is told as used up, whatever is left of it.
    func headers(now: Date, empty: String? = nil) -> [(name: String, value: String)] {
        let rows = [
            ("requests", limits.requests, level.requests),
            ("tokens", limits.inputTokens + limits.outputTokens, level.input + level.output),
            ("input-tokens", limits.inputTokens, level.input), ("output-tokens", limits.outputTokens, level.output),
        ]
        return rows.flatMap { name, limit, left in
            let left = name == empty ? 0 : max(0, Int(left))
            let seconds = (1 - Double(left) / Double(limit)) * 60
            return [
                ("anthropic-ratelimit-\(name)-limit", String(limit)),
                ("anthropic-ratelimit-\(name)-remaining", String(left)),
                ("anthropic-ratelimit-\(name)-reset", Timestamp.seconds(now + seconds.rounded(.up))),
            ]
        }
    }

    private mutating func fill(_ now: Date) {
        let minutes = max(0, at.map { now.timeIntervalSince($0) } ?? 0) / 60
        at = max(now, at ?? now)
        func filled(_ level: Double, _ limit: Int) -> Double { min(Double(limit), level + minutes * Double(limit)) }
        level = (
            filled(level.requests, limits.requests), filled(level.input, limits.inputTokens),
            filled(level.output, limits.outputTokens)
        )
    }
}
