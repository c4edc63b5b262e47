/// What an answer cost. All of it counts against a quota, whatever came out.
public struct TokenUsage: Equatable, Sendable {
    /// The part of the input that came from no cache and went into none.
    public let uncachedInput: Int
    public let cacheCreation: Int
    public let cacheRead: Int
    public let output: Int

    public init(uncachedInput: Int, cacheCreation: Int = 0, cacheRead: Int = 0, output: Int) {
        self.uncachedInput = uncachedInput
        self.cacheCreation = cacheCreation
        self.cacheRead = cacheRead
        self.output = output
    }

    public var input: Int { uncachedInput + cacheCreation + cacheRead }
    public var total: Int { input + output }
}
