import FoundationEssentials

/// Requests and tokens per minute, in windows that begin with their first call.
struct AnthropicRateWindow: Sendable {
    static let length: TimeInterval = 60

    var requests = 4_000
    var inputTokens = 2_000_000
    var outputTokens = 400_000

    private var begin: Date?
    private var used = (requests: 0, input: 0, output: 0)

    init() {}

    /// Counts a call. Nothing if the window is full; what is asked for may overrun it once, as nothing is known of
    /// the output before.
    mutating func take(input: Int, now: Date) -> Bool {
        if begin.map({ now.timeIntervalSince($0) >= Self.length }) ?? true {
            begin = now
            used = (0, 0, 0)
        }
        guard used.requests < requests, used.input + input <= inputTokens, used.output < outputTokens else {
            return false
        }
        used.requests += 1
        used.input += input
        return true
    }

    mutating func settle(output: Int) { used.output += output }

    /// Whole seconds until the window ends.
    func retryAfter(now: Date) -> Int {
        max(1, Int((reset(now) - now.timeIntervalSince1970).rounded(.up)))
    }

    func headers(now: Date) -> [(name: String, value: String)] {
        let reset = Timestamp.seconds(Date(timeIntervalSince1970: reset(now)))
        let rows = [
            ("requests", requests, used.requests),
            ("tokens", inputTokens + outputTokens, used.input + used.output),
            ("input-tokens", inputTokens, used.input), ("output-tokens", outputTokens, used.output),
        ]
        return rows.flatMap { name, limit, used in
            [
                ("anthropic-ratelimit-\(name)-limit", String(limit)),
                ("anthropic-ratelimit-\(name)-remaining", String(max(0, limit - used))),
                ("anthropic-ratelimit-\(name)-reset", reset),
            ]
        }
    }

    private func reset(_ now: Date) -> TimeInterval {
        ((begin ?? now) + Self.length).timeIntervalSince1970.rounded(.up)
    }
}
