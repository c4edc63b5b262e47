/// So many sends in any window of this length: `900/15m`.
public struct RateLimit: Hashable, Sendable {
    /// Of sends, or of whatever a send costs. 1…10⁹.
    public let count: Int
    /// 100 ms … 24 h.
    public let window: Duration

    /// Nil when a part is out of its range.
    public init?(count: Int, per window: Duration) {
        guard (1...1_000_000_000).contains(count), window >= .milliseconds(100), window <= .seconds(86400) else {
            return nil
        }
        self.count = count
        self.window = window
    }

    /// Reads `900/15m`: a number, a slash, and a duration as `500ms`, `30s`, `15m` or `24h`. Nil for anything else.
    public init?(setting text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Self.number(parts[0]), let window = Self.duration(parts[1]) else {
            return nil
        }
        self.init(count: count, per: window)
    }

    /// X lets a user's timelines be read so often (`TWITTER_RATE_LIMIT`).
    public static let twitterUser = RateLimit(count: 900, minutes: 15)
    /// And an app so often, whoever its users are.
    public static let twitterApp = RateLimit(count: 10_000, minutes: 15)
    /// Compliance jobs of an app (docs.x.com, "Rate limits").
    public static let twitterCompliance = RateLimit(count: 150, minutes: 15)
    /// Where no limit is told, nothing but the provider's own word closes a window.
    public static let untold = RateLimit(count: 1_000_000_000, minutes: 15)
    /// What one user may cost us at Anthropic (`ANTHROPIC_RATE_LIMIT`).
    public static let anthropicUser = RateLimit(count: 50, minutes: 1)

    private init(count: Int, minutes: Int64) {
        self.count = count
        window = .seconds(minutes * 60)
    }

    /// Digits only: `Int` alone would take a sign.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    private static func duration(_ text: Substring) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = number(digits), number <= 86_400_000 else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(number)
        case "s": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3600)
        default: return nil
        }
    }
}
