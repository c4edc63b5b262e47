public import Contracts
public import FoundationEssentials
public import Redis

/// The rate limits of a provider of models, kept in Redis for all consumers together: a user's own share of calls in any window
/// (`WindowGrid`), and the organisation's requests, input tokens and output tokens of each class of models as token buckets that
/// fill continuously, as the provider's own do.
///
/// 1. `reserve` asks before each call and debits all four in one script with an estimate: all of them or none.
/// 2. `settle` puts the estimate right by what was really used, and passes on what the provider's headers say; the stricter wins.
///    After 429 it closes the class until the time that was told.
/// 3. `giveBack` returns what was reserved for a call that was never sent.
///
/// **Redis away**: all methods throw. The caller holds its work: no answer is no leave.
///
/// **Redis's data lost**: a marker tells. From then on one call of a class, and one of a user, goes at a time, until the provider's
/// word or a full minute has told the true state.
///
/// **Keys**: `repazoo:rate:{provider}:…`, all of one provider in one slot of a cluster. They go soon after their time.
///
/// Safe from any task.
public struct TokenBuckets: Sendable {
    public struct Limits: Sendable {
        public var user: RateLimit
        public var organisation: OrganisationLimits
        /// After so long a call is over, whatever became of its caller.
        public var longestCall: Duration

        public init(
            user: RateLimit = .anthropicUser, organisation: OrganisationLimits = OrganisationLimits(),
            longestCall: Duration = .seconds(300)
        ) {
            self.user = user
            self.organisation = organisation
            self.longestCall = longestCall
        }
    }

    public let limits: Limits
    private let redis: RedisClient
    private let prefix: String
    private let grid: WindowGrid
    private let now: @Sendable () -> Date
    /// Tests only: Redis's clock.
    private let time: (@Sendable () -> Int)?

    /// - Parameters:
    ///   - provider: In a word: `anthropic`. Buckets of the same word are the same buckets.
    ///   - now: Our clock, for `notBefore`.
    public init(redis: RedisClient, provider: String, limits: Limits, now: @escaping @Sendable () -> Date = { Date() })
    {
        self.init(redis: redis, provider: provider, limits: limits, now: now, time: nil)
    }

    /// - Parameter time: Microseconds, in place of Redis's clock.
    init(
        redis: RedisClient, provider: String, limits: Limits, now: @escaping @Sendable () -> Date,
        time: (@Sendable () -> Int)?
    ) {
        self.redis = redis
        self.limits = limits
        prefix = RateKeys.prefix(of: provider)
        grid = WindowGrid(limits.user)
        self.now = now
        self.time = time
    }

    // MARK: Before

    /// Asks for one call to a model of a class. A call that is larger than a whole bucket waits until the bucket is full.
    ///
    /// - Parameter amounts: The most that it will take: the size of the prompt, and `max_tokens`.
    public func reserve(
        _ user: UserID, modelClass: String, _ amounts: TokenAmounts
    ) async throws -> TokenVerdict {
        guard amounts.input >= 0, amounts.output >= 0 else {
            throw RateLimitError.invalidCost(min(amounts.input, amounts.output))
        }
        let reply = try await run("reserve", user, modelClass, epoch: 0, amounts, []).array().map {
            value throws(RedisError) in try value.integer()
        }
        if reply.count == 3, reply[0] == 0, let limit = TokenLimit(rawValue: reply[2]) {
            // Redis gave a duration: added to our clock here, it owes nothing to how the two clocks differ.
            return .notBefore(now().addingTimeInterval(Double(reply[1]) / 1_000_000), because: limit)
        }
        guard reply.count == 6, reply[0] == 1 else { throw RateLimitError.malformedReply }
        return .go(
            TokenPermit(
                user: user, modelClass: modelClass, reserved: amounts, grantedAt: reply[2], epoch: reply[1],
                bucket: reply[3], term: reply[4], lease: reply[5]))
    }

    // MARK: After

    /// The call is over. Without a usage (no answer came) all that was reserved is taken to have been used.
    ///
    /// - Parameters:
    ///   - used: What counts against the limits: for Anthropic input that came from no cache, and output.
    ///   - word: What the answer's headers say.
    ///   - closedFor: After 429, how long nothing more goes to this class: a second to a day. Never shortens what was said before.
    public func settle(
        _ permit: TokenPermit, used: TokenAmounts? = nil, word: TokenWord? = nil, closedFor: Duration? = nil
    ) async throws {
        let used = used ?? permit.reserved
        let pause = closedFor.map { min(max($0.microseconds, 1_000_000), 86_400_000_000) } ?? 0
        try await report(permit, [1, max(0, used.input), max(0, used.output)], word ?? TokenWord(), pause)
    }

    /// The call was not made and will not be. Once only, and not again after an error.
    public func giveBack(_ permit: TokenPermit) async throws { try await report(permit, [0, 0, 0], TokenWord(), 0) }

    /// For a new installation, and for tests: Redis knows nothing because nothing was sent, not because it forgot.
    public func assumeNothingWasSent() async throws { try await begin("begin") }

    /// The same, unless Redis has counted before.
    func assumeNothingWasSentUnlessKnown() async throws { try await begin("begin unless known") }

    /// The longest of the windows: the user's, or the minute of the organisation's.
    var longest: Duration { max(limits.user.window, .seconds(60)) }

    private func begin(_ task: RedisArgument) async throws {
        let keys = [key("marker"), key("begin"), key("begin")]
        _ = try await redis.run(script, keys: keys, arguments: [task, 1, 0])
    }

    // MARK: The script

    private func report(_ permit: TokenPermit, _ used: [Int], _ word: TokenWord, _ pause: Int) async throws {
        let place = [permit.bucket, permit.term, permit.lease]
        _ = try await run(
            "settle", permit.user, permit.modelClass, epoch: permit.epoch, permit.reserved,
            used + place + word.numbers + [pause])
    }

    private func run(
        _ task: RedisArgument, _ user: UserID, _ modelClass: String, epoch: Int, _ reserved: TokenAmounts,
        _ more: [Int]
    ) async throws(RedisError) -> RedisValue {
        let bounds = limits.organisation.limits(of: modelClass)
        let numbers =
            [bounds.requests, bounds.inputTokens, bounds.outputTokens, 1, reserved.input, reserved.output]
            + more
        let arguments =
            [task, RedisArgument(limits.longestCall.microseconds), RedisArgument(epoch)] + grid.arguments
            + numbers.map { RedisArgument($0) } + (time.map { [RedisArgument($0())] } ?? [])
        let keys = [key("marker"), key("user:" + user.rawValue), key("class:" + modelClass)]
        return try await redis.run(script, keys: keys, arguments: arguments)
    }

    private var script: RedisScript { time == nil ? TokenBucketScript.production : TokenBucketScript.driven }

    private func key(_ name: String) -> RedisArgument { RedisArgument(prefix + name) }
}
