/// What an organisation may ask of each class of models in a minute (`ANTHROPIC_ORG_LIMITS`).
///
/// Anthropic limits an organisation, not a user: requests, input tokens and output tokens a minute, pooled for all models of a
/// class (https://docs.anthropic.com/en/api/rate-limits).
public struct OrganisationLimits: Equatable, Sendable {
    public struct Class: Equatable, Sendable {
        /// Each a minute, 1…10⁹.
        public var requests: Int
        public var inputTokens: Int
        public var outputTokens: Int

        public init(requests: Int, inputTokens: Int, outputTokens: Int) {
            self.requests = requests
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
        }

        /// Anthropic's fourth tier. Where the true limits are lower, its headers say so with the first answer.
        public static let standard = Class(requests: 4_000, inputTokens: 2_000_000, outputTokens: 400_000)
    }

    /// For every class that is not named.
    public var standard: Class
    public var named: [String: Class]

    public init(standard: Class = .standard, named: [String: Class] = [:]) {
        self.standard = standard
        self.named = named
    }

    /// Reads `rpm=4000,itpm=2000000,otpm=400000`, for every class, or `sonnet:rpm=…,itpm=…,otpm=…;opus:…`; what is left out is
    /// the standard's. Nil for anything else.
    public init?(setting text: String) {
        self.init()
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            let halves = part.split(separator: ":", omittingEmptySubsequences: false)
            guard let numbers = halves.last, halves.count <= 2, let limits = Self.limits(numbers) else { return nil }
            if halves.count == 1 {
                standard = limits
            } else {
                let name = String(halves[0].filter { $0 != " " })
                guard !name.isEmpty, named.updateValue(limits, forKey: name) == nil else { return nil }
            }
        }
    }

    public func limits(of modelClass: String) -> Class { named[modelClass] ?? standard }

    /// `opus` of `claude-opus-5`; a name that holds no known word is a class of its own.
    public static func modelClass(of model: String) -> String {
        ["opus", "sonnet", "haiku", "fable"].first { model.contains($0) } ?? model
    }

    private static func limits(_ text: Substring) -> Class? {
        var limits = Class.standard
        var seen: Set<Substring> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.filter { $0 != " " }.split(separator: "=", omittingEmptySubsequences: false)
            guard halves.count == 2, halves[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(halves[1]), (1...1_000_000_000).contains(number),
                seen.insert(Substring(halves[0])).inserted
            else { return nil }
            switch halves[0] {
            case "rpm": limits.requests = number
            case "itpm": limits.inputTokens = number
            case "otpm": limits.outputTokens = number
            default: return nil
            }
        }
        return limits
    }
}
