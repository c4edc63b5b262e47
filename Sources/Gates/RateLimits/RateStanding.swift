public import Redis

/// How much of a limit that all consumers share is taken, for people to look at. It is read beside the scripts and changes nothing;
/// a moment later it may be otherwise.
public struct RateStanding: Sendable, Equatable {
    public enum Unit: String, Sendable {
        case calls
        case inputTokens = "input tokens"
        case outputTokens = "output tokens"
    }

    public let unit: Unit
    public let taken: Int
    public let allowed: Int
    /// After 429: nothing goes for so long.
    public let closedFor: Duration?

    /// Of the app's window (`RateWindows`): what was granted in the window that ends now.
    /// - Parameters:
    ///   - provider: As the windows were given it.
    ///   - limit: The app's own.
    /// - Returns: Nil when nothing has been counted lately, which is as good as nothing taken.
    public static func app(of provider: String, limit: RateLimit, in redis: RedisClient) async throws -> RateStanding? {
        let replies = try await redis.pipeline([
            RedisCommand("TIME"), RedisCommand("HGETALL", RedisArgument(RateKeys.prefix(of: provider) + "app")),
        ])
        guard replies.count == 2 else { throw RateLimitError.malformedReply }
        return try app(try now(replies[0]), try fields(replies[1]), WindowGrid(limit))
    }

    /// Of a class of models (`TokenBuckets`): of requests, input and output tokens the one that is scarcest.
    /// - Returns: Nil when the class has not been asked lately.
    public static func modelClass(
        _ name: String, of provider: String, limits: OrganisationLimits.Class, in redis: RedisClient
    ) async throws -> RateStanding? {
        let replies = try await redis.pipeline([
            RedisCommand("TIME"),
            RedisCommand("HGETALL", RedisArgument(RateKeys.prefix(of: provider) + "class:" + name)),
        ])
        guard replies.count == 2 else { throw RateLimitError.malformedReply }
        return try modelClass(try now(replies[0]), try fields(replies[1]), limits)
    }

    // MARK: What the scripts keep (`RateScript`, `TokenBucketScript`: the fields of `state` in their order)

    static func app(_ now: Int, _ fields: [String: String], _ grid: WindowGrid) throws -> RateStanding? {
        guard let state = try numbers(fields, 12) else { return nil }
        let time = now + Int(state[1])
        let oldest = time / grid.width - grid.count
        let taken = fields.reduce(0) { sum, field in
            guard let bucket = Int(field.key), bucket >= oldest, let count = Int(field.value) else { return sum }
            return sum + count
        }
        let ceiling = Int(state[8])
        return RateStanding(
            unit: .calls, taken: taken, allowed: ceiling > 0 ? min(ceiling, grid.limit) : grid.limit,
            closedFor: closing(state[11], at: time))
    }

    static func modelClass(
        _ now: Int, _ fields: [String: String], _ limits: OrganisationLimits.Class
    ) throws -> RateStanding? {
        guard let state = try numbers(fields, 16) else { return nil }
        let time = now + Int(state[1])
        let passed = max(0, Double(time) - state[0])
        let bounds = [limits.requests, limits.inputTokens, limits.outputTokens]
        let standings = zip([Unit.calls, .inputTokens, .outputTokens], bounds).enumerated().map { kind, bound in
            let ceiling = Int(state[5 + kind])
            let allowed = ceiling > 0 ? min(ceiling, bound.1) : bound.1
            // It fills with the whole limit a minute.
            let capacity = Double(allowed) * TokenBucketScript.usable
            let level = min(capacity, state[2 + kind] + passed * Double(allowed) / 60_000_000)
            return RateStanding(
                unit: bound.0, taken: Int((capacity - level).rounded()), allowed: Int(capacity),
                closedFor: closing(state[15], at: time))
        }
        return standings.max { $0.fullness < $1.fullness }
    }

    /// 0…1, or more after a call that used more than it had reserved.
    public var fullness: Double { Double(taken) / Double(max(1, allowed)) }

    private static func closing(_ end: Double, at time: Int) -> Duration? {
        end > Double(time) ? .microseconds(Int(end) - time) : nil
    }

    private static func numbers(_ fields: [String: String], _ count: Int) throws(RateLimitError) -> [Double]? {
        guard let text = fields["state"] else { return nil }
        let numbers = text.split(separator: " ").compactMap { Double($0) }
        guard numbers.count >= count, numbers.allSatisfy({ $0.isFinite && abs($0) < 9e18 }) else {
            throw .malformedReply
        }
        return numbers
    }

    private static func now(_ reply: RedisValue) throws -> Int {
        let parts = try reply.array()
        guard parts.count == 2 else { throw RateLimitError.malformedReply }
        return try parts[0].integer() * 1_000_000 + parts[1].integer()
    }

    private static func fields(_ reply: RedisValue) throws -> [String: String] {
        let texts = try reply.array().map { value throws(RedisError) in try value.text() }
        guard texts.count.isMultiple(of: 2) else { throw RateLimitError.malformedReply }
        return Dictionary(
            stride(from: 0, to: texts.count, by: 2).map { (texts[$0], texts[$0 + 1]) }, uniquingKeysWith: { $1 })
    }
}
