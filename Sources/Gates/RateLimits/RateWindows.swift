public import Contracts
public import FoundationEssentials
public import Redis

/// A provider's rate limits, kept in Redis for all consumers together.
///
/// 1. `admit` asks before each send, and counts it. In no window of the limit's length, on Redis's clock, are more sends
///    granted than the limit; at least 98 % of it can be used (`WindowGrid` says why).
/// 2. `answered` passes on what the provider's headers say; the stricter wins. `refused`, after 429, closes the window.
/// 3. `giveBack` returns what was granted and not sent.
///
/// **Redis away**: all methods throw. The caller holds its work: no answer is no leave. A question that timed out may have been
/// counted; it is not asked again by itself, so that it costs allowance at worst.
///
/// **Redis's data lost** (flush, restart, another server took over): a marker tells. From then on each window whose true
/// state is not known lets one send go at a time, until the provider's word on that window, or a full window, has told it.
/// This is so of a new Redis too; `assumeNothingWasSent` spares it where nothing can have been sent. Redis must not evict:
/// `maxmemory-policy noeviction`.
///
/// **Keys**: `repazoo:rate:{provider}:…`, all of one provider in one slot of a cluster, so that one script sees user, app and
/// marker at once. Spreading users over slots would gain nothing: the app's limit is one counter for all of them. A user's
/// key is gone soon after its window.
///
/// Safe from any task.
public struct RateWindows: Sendable {
    public struct Limits: Sendable {
        public var user: RateLimit
        public var app: RateLimit?
        /// After so long a call is over, whatever became of its caller.
        public var longestCall: Duration

        public init(user: RateLimit, app: RateLimit? = nil, longestCall: Duration = .seconds(60)) {
            self.user = user
            self.app = app
            self.longestCall = longestCall
        }
    }

    private let redis: RedisClient
    private let prefix: String
    private let grids: [WindowGrid]
    private let longestCall: Int
    private let now: @Sendable () -> Date
    /// Tests only: Redis's clock.
    private let time: (@Sendable () -> Int)?

    /// - Parameters:
    ///   - provider: In a word: `twitter`. Windows of the same word are the same windows.
    ///   - now: Our clock, for `notBefore`.
    public init(redis: RedisClient, provider: String, limits: Limits, now: @escaping @Sendable () -> Date = { Date() })
    {
        self.init(redis: redis, provider: provider, limits: limits, now: now, time: nil)
    }

    /// - Parameter time: Microseconds, in place of Redis's clock.
    init(
        redis: RedisClient, provider: String, limits: Limits, now: @escaping @Sendable () -> Date = { Date() },
        time: (@Sendable () -> Int)?
    ) {
        self.redis = redis
        self.prefix = RateKeys.prefix(of: provider)
        self.grids = ([limits.user] + (limits.app.map { [$0] } ?? [])).map(WindowGrid.init)
        self.longestCall = limits.longestCall.microseconds
        self.now = now
        self.time = time
    }

    // MARK: Before

    /// Asks for `cost` sends at once, in the user's window and in the app's: all of them or none.
    ///
    /// - Throws: `RateLimitError.costExceedsLimit` when it can never be; `RedisError` when Redis does not answer.
    public func admit(_ user: UserID, cost: Int = 1) async throws -> RateVerdict {
        guard cost >= 1 else { throw RateLimitError.invalidCost(cost) }
        if let limit = grids.map(\.limit).min(), cost > limit {
            throw RateLimitError.costExceedsLimit(cost: cost, limit: limit)
        }
        let reply = try await run("admit", user, cost: cost, windows: grids.flatMap(\.arguments)).array().map {
            value throws(RedisError) in try value.integer()
        }
        if reply.count == 3, reply[0] == 0 {
            // Redis gave a duration: added to our clock here, it owes nothing to how the two clocks differ.
            return .notBefore(
                now().addingTimeInterval(Double(reply[1]) / 1_000_000), reply[2] == 2 ? .app : .user)
        }
        guard reply.count == 3 + 5 * grids.count, reply[0] == 1 else { throw RateLimitError.malformedReply }
        let marks = stride(from: 3, to: reply.count, by: 5).map { first in
            RatePermit.Mark(
                serial: reply[first], bucket: reply[first + 1], term: reply[first + 2], used: reply[first + 3],
                allowed: reply[first + 4])
        }
        return .go(RatePermit(user: user, cost: cost, grantedAt: reply[2], epoch: reply[1], marks: marks))
    }

    // MARK: After

    /// The provider answered, or did not in time: the call is over. Without its word the call is taken to have been counted.
    /// A call that was surely never sent is not answered but given back.
    ///
    /// - Parameters:
    ///   - part: How much of the permit's cost this call was; nil = all of it.
    ///   - user: What the answer's headers say of the user's window; `app` of the app's.
    public func answered(
        _ permit: RatePermit, part: Int? = nil, user: ProviderWindow? = nil, app: ProviderWindow? = nil
    ) async throws {
        try await report(Report(permit: permit, part: try Self.part(part, of: permit), words: [user, app]))
    }

    /// The provider answered 429: nothing more until its reset, whatever else its headers say.
    ///
    /// - Parameter retryAfter: The later of this and `resetsIn` counts, within a minute and a day; neither = a whole window.
    public func refused(
        _ permit: RatePermit, part: Int? = nil, _ scope: RateScope = .user, resetsIn: Duration? = nil,
        retryAfter: Duration? = nil
    ) async throws {
        var report = Report(permit: permit, part: try Self.part(part, of: permit))
        let index = index(of: scope)
        report.closed[index] = Closing.pause(resetsIn: resetsIn, retryAfter: retryAfter, in: grids[index])
        try await self.report(report)
    }

    /// For how long `refused` closes a window that was told this.
    public func pause(_ scope: RateScope = .user, resetsIn: Duration?, retryAfter: Duration? = nil) -> Duration {
        .microseconds(Closing.pause(resetsIn: resetsIn, retryAfter: retryAfter, in: grids[index(of: scope)]))
    }

    /// Returns `unsent` of the permit's sends, which were not made and will not be. Once only, and not again after an error:
    /// it may have been carried out, and twice would be too much. What is not returned is lost until its window is over.
    public func giveBack(_ permit: RatePermit, _ unsent: Int) async throws {
        guard (1...permit.cost).contains(unsent) else { throw RateLimitError.invalidCost(unsent) }
        try await report(Report(permit: permit, givenBack: unsent))
    }

    /// For a new installation, and for tests: Redis knows nothing because nothing was sent, not because it forgot.
    public func assumeNothingWasSent() async throws {
        _ = try await redis.run(script, keys: [key("marker")], arguments: arguments("begin", epoch: 0, cost: 0, []))
    }

    /// The same where Redis has never counted for this provider, or has lost its counts: the caller knows that for a whole
    /// window nothing was sent (`ProviderActivity`). What Redis has counted stays.
    func assumeNothingWasSentUnlessKnown() async throws {
        _ = try await redis.run(
            script, keys: [key("marker")], arguments: arguments("begin unless known", epoch: 0, cost: 0, []))
    }

    /// The longest of the windows.
    var longest: Duration { .microseconds(grids.map(\.span).max() ?? 0) }

    /// Without a limit of the app's own, its 429 closes the window of the user who met it.
    private func index(of scope: RateScope) -> Int { scope == .app && grids.count == 2 ? 1 : 0 }

    private static func part(_ part: Int?, of permit: RatePermit) throws(RateLimitError) -> Int {
        let part = part ?? permit.cost
        guard (1...permit.cost).contains(part) else { throw .invalidCost(part) }
        return part
    }

    // MARK: The script

    /// What `admit` sends, for whoever measures it.
    package func question(_ user: UserID, cost: Int) -> (keys: [String], arguments: [String]) {
        let numbers = [longestCall, 0, cost] + grids.flatMap(\.numbers)
        return (keyNames(user), ["admit"] + numbers.map { String($0) })
    }

    package static var script: String { RateScript.production.source }

    private func report(_ report: Report) async throws {
        guard report.permit.marks.count == grids.count else { throw RateLimitError.malformedReply }
        _ = try await run(
            "report", report.permit.user, epoch: report.permit.epoch, cost: report.givenBack,
            windows: report.arguments(grids))
    }

    private func run(
        _ task: RedisArgument, _ user: UserID, epoch: Int = 0, cost: Int, windows: [RedisArgument]
    ) async throws(RedisError) -> RedisValue {
        try await redis.run(
            script, keys: keyNames(user).map { RedisArgument($0) },
            arguments: arguments(task, epoch: epoch, cost: cost, windows))
    }

    private var script: RedisScript { time == nil ? RateScript.production : RateScript.driven }

    private func arguments(
        _ task: RedisArgument, epoch: Int, cost: Int, _ windows: [RedisArgument]
    ) -> [RedisArgument] {
        [task, RedisArgument(longestCall), RedisArgument(epoch), RedisArgument(cost)] + windows
            + (time.map { [RedisArgument($0())] } ?? [])
    }

    private func keyNames(_ user: UserID) -> [String] {
        [prefix + "marker", prefix + "user:" + user.rawValue] + (grids.count == 2 ? [prefix + "app"] : [])
    }

    private func key(_ name: String) -> RedisArgument { RedisArgument(prefix + name) }
}
