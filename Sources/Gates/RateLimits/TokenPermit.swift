public import Contracts
public import FoundationEssentials

/// Whether a call to a model may be made.
public enum TokenVerdict: Equatable, Sendable {
    /// Now, and reserved. Tell by `settle` or `giveBack` what became of it.
    case go(TokenPermit)
    /// Not before this time, on our own clock; nothing was reserved.
    case notBefore(Date, because: TokenLimit)
}

/// What a call has to wait for.
public enum TokenLimit: Int, Equatable, Sendable, CustomStringConvertible {
    case user = 1
    case requests
    case inputTokens
    case outputTokens
    /// The provider answered 429, and said until when.
    case closed
    /// Redis lost its data: somebody else finds out the true state.
    case unknown

    public var description: String {
        switch self {
        case .user: "user"
        case .requests: "requests"
        case .inputTokens: "input_tokens"
        case .outputTokens: "output_tokens"
        case .closed: "closed_by_provider"
        case .unknown: "unknown_state"
        }
    }
}

/// Leave for one call, with what was reserved for it and where it was counted.
public struct TokenPermit: Equatable, Sendable {
    public let user: UserID
    public let modelClass: String
    public let reserved: TokenAmounts
    /// Microseconds since 1970 on the clock of Redis, for records.
    public let grantedAt: Int

    let epoch: Int
    let bucket: Int
    let term: Int
    let lease: Int
}

/// Tokens that go in and come out.
public struct TokenAmounts: Equatable, Sendable {
    public var input: Int
    public var output: Int

    public init(input: Int, output: Int) {
        self.input = input
        self.output = output
    }
}

/// What an answer's headers say of the organisation's limits (`anthropic-ratelimit-*`); nil = not told.
public struct TokenWord: Equatable, Sendable {
    public struct Level: Equatable, Sendable {
        public var limit: Int?
        public var remaining: Int?

        public init(limit: Int? = nil, remaining: Int? = nil) {
            self.limit = limit
            self.remaining = remaining
        }

        var numbers: [Int] { [Self.bounded(limit), Self.bounded(remaining)] }

        private static func bounded(_ number: Int?) -> Int { number.map { min(max($0, 0), 1_000_000_000_000) } ?? -1 }
    }

    public var requests: Level
    public var inputTokens: Level
    public var outputTokens: Level

    public init(requests: Level = Level(), inputTokens: Level = Level(), outputTokens: Level = Level()) {
        self.requests = requests
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }

    var numbers: [Int] { requests.numbers + inputTokens.numbers + outputTokens.numbers }
}
