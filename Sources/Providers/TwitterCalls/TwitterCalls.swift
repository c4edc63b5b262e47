public import CircuitBreakers
public import Contracts
import FoundationEssentials
public import Postgres
public import RateLimits
public import Redis
public import TwitterAPI

/// The only way to X. Every call passes the circuit and then the rate windows, and what its answer says of X's limits goes into
/// the windows before anybody asks them again:
///
/// 1. **Circuit**: open = `CircuitOpen`.
/// 2. **Leave**: the user's window and the app's, in Redis. Not now = a short wait here, or `RateLimited` with the time. Redis
///    away = its error: no answer is no leave.
/// 3. **Call**.
/// 4. **Report**: the stricter of X's headers and our count holds. 429 closes the window until X's reset. A usage cap closes it
///    for everybody.
///
/// Safe from any task; one for a process.
public struct TwitterCalls: Sendable {
    public struct Limits: Sendable {
        public var user: RateLimit
        public var app: RateLimit

        public init(user: RateLimit = .twitterUser, app: RateLimit = .twitterApp) {
            self.user = user
            self.app = app
        }
    }

    /// Waits up to this long are waited here, holding the job: the ladder of delay queues counts in seconds.
    static let shortWait: TimeInterval = 1
    /// And so long in all for one call.
    static let patience: Duration = .seconds(3)

    public let circuit = CircuitBreaker(name: "twitter")
    let client: TwitterClient
    let app: TwitterApp
    private let limits: Limits
    private let windows: [TwitterEndpoint: RateWindows]
    private let activity: ProviderActivity
    private let cap: UsageCap
    let metrics = CallMetrics()

    /// - Parameter actor: The program, for the audit trail.
    public init(
        client: TwitterClient, app: TwitterApp, limits: Limits = Limits(), redis: RedisClient, postgres: PostgresPool,
        actor: String
    ) {
        self.client = client
        self.app = app
        self.limits = limits
        let windows = TwitterEndpoint.allCases.map { endpoint in
            let limits = endpoint.limits(limits, longestCall: client.longestCall)
            return (endpoint, RateWindows(redis: redis, provider: endpoint.provider(of: app), limits: limits))
        }
        self.windows = Dictionary(uniqueKeysWithValues: windows)
        activity = ProviderActivity(provider: app.name, postgres: postgres, windows: windows.map(\.1))
        cap = UsageCap(provider: app.name, postgres: postgres, actor: actor)
    }

    /// Makes one call, if it may be made.
    ///
    /// - Parameters:
    ///   - user: Whose window it counts in; nil for calls that X counts for the app alone.
    ///   - cost: How much of the windows it takes.
    ///   - call: Runs when there is leave. What it throws is thrown on, and means that nothing was sent: the leave is given back.
    /// - Throws: `RateLimited`, `UsageCapped`, `LimitUnknown`, `CircuitOpen`; a `TwitterError` of the call; errors of Redis and
    ///   PostgreSQL that are away.
    public func send<Value: Sendable>(
        _ endpoint: TwitterEndpoint, for user: UserID?, cost: Int = 1,
        _ call: @Sendable () async throws -> TwitterAnswer<Value>
    ) async throws -> Value {
        guard let windows = windows[endpoint], let subject = user ?? UserID("app") else { throw CancellationError() }
        return try await circuit.call(verdict: Self.verdict) {
            let permit = try await leave(windows, endpoint, subject, cost)
            let answer: TwitterAnswer<Value>
            let start = ContinuousClock.now
            do {
                answer = try await call()
            } catch {
                await report { try await windows.giveBack(permit, permit.cost) }
                throw error
            }
            metrics.ended(endpoint, answer, after: .now - start)
            return try await settle(answer, permit, windows, endpoint)
        }
    }

    // MARK: Before

    private func leave(
        _ windows: RateWindows, _ endpoint: TwitterEndpoint, _ subject: UserID, _ cost: Int
    ) async throws -> RatePermit {
        try await activity.begin()
        let deadline = ContinuousClock.now + Self.patience
        while true {
            switch try await verdict(windows, subject, cost) {
            case .go(let permit):
                metrics.granted(permit, endpoint)
                return permit
            case .notBefore(let time, let scope):
                let wait = time.timeIntervalSinceNow
                guard wait <= Self.shortWait, .now < deadline else { throw try await refusal(endpoint, scope, time) }
                // Many may be waiting: not all of them at the same moment again.
                try await Task.sleep(for: .seconds(max(0.01, wait * .random(in: 0.5...1))))
            }
        }
    }

    private func verdict(_ windows: RateWindows, _ subject: UserID, _ cost: Int) async throws -> RateVerdict {
        do {
            return try await windows.admit(subject, cost: cost)
        } catch let error as RedisError where !error.isRetryable {
            if error.kind == .cancelled || error.kind == .closed { throw CancellationError() }
            throw LimitUnknown(until: Date() + 30, cause: "\(error)")
        } catch RateLimitError.malformedReply {
            throw LimitUnknown(until: Date() + 30, cause: "\(RateLimitError.malformedReply)")
        }
    }

    private func refusal(_ endpoint: TwitterEndpoint, _ scope: RateScope, _ time: Date) async throws -> any Error {
        if scope == .app, let end = try await cap.end() {
            return UsageCapped(until: Self.spread(end), isByProvider: false)
        }
        metrics.putOff(endpoint, scope)
        return RateLimited(until: Self.spread(time), scope: scope, endpoint: endpoint, isByProvider: false)
    }

    // MARK: After

    private func settle<Value: Sendable>(
        _ answer: TwitterAnswer<Value>, _ permit: RatePermit, _ windows: RateWindows, _ endpoint: TwitterEndpoint
    ) async throws -> Value {
        guard answer.wasSent else {
            await report { try await windows.giveBack(permit, permit.cost) }
            return try answer.get()
        }
        let (rate, now) = (answer.rate, Date())
        switch answer.result {
        case .failure(.rateLimited):
            let scope = self.scope(of: rate)
            let resetsIn = rate.resetsAt.map { rate.pause(until: $0, at: now) }
            await report {
                try await windows.refused(permit, scope, resetsIn: resetsIn, retryAfter: rate.retryAfter)
            }
            let pause = windows.pause(scope, resetsIn: resetsIn, retryAfter: rate.retryAfter)
            throw RateLimited(
                until: Self.spread(now + pause / .seconds(1)), scope: scope, endpoint: endpoint, isByProvider: true)
        case .failure(.usageCapped):
            // In this order: whoever finds the window closed finds out why.
            try await cap.reached()
            await report { try await windows.refused(permit, .app, retryAfter: UsageCap.pause) }
            throw UsageCapped(until: Self.spread(now + UsageCap.pause / .seconds(1)), isByProvider: true)
        default:
            await report { try await mirror(rate, permit, windows, now) }
            return try answer.get()
        }
    }

    private func mirror(_ rate: RateHeaders, _ permit: RatePermit, _ windows: RateWindows, _ now: Date) async throws {
        // A limit of a day that is used up closes the window like a 429, though this call got through.
        if let end = rate.appDayEndsAt ?? rate.userDayEndsAt {
            let scope = rate.appDayEndsAt == nil ? RateScope.user : .app
            return try await windows.refused(permit, scope, resetsIn: rate.pause(until: end, at: now))
        }
        let word = rate.window.map { window in
            ProviderWindow(
                limit: window.limit, remaining: window.remaining,
                resetsIn: rate.pause(until: window.resetsAt, at: now))
        }
        let isOfApp = scope(of: rate) == .app
        try await windows.answered(permit, user: isOfApp ? nil : word, app: isOfApp ? word : nil)
    }

    /// X tells of one window, without saying which: the one whose limit is nearer to the limit that it tells.
    private func scope(of rate: RateHeaders) -> RateScope {
        guard let limit = rate.window?.limit else { return .user }
        return abs(limit - limits.app.count) < abs(limit - limits.user.count) ? .app : .user
    }

    /// What X answered stands, whether or not Redis could be told.
    private func report(_ body: () async throws -> Void) async {
        do { try await body() } catch { metrics.reportsLost.increment() }
    }

    private static func spread(_ time: Date) -> Date {
        time + .random(in: 0...1) * min(30, max(0, time.timeIntervalSinceNow) / 10)
    }

    /// What an error says of X's health. An answer that refuses us, the user or the request was given by a healthy X.
    @Sendable private static func verdict(_ error: any Error) -> Circuit.Verdict {
        switch error {
        case TwitterError.unavailable(_, let retryAfter): .failing(retryAfter: retryAfter)
        case TwitterError.malformedAnswer, TwitterError.refreshMayHaveHappened: .failing()
        case TwitterError.interrupted: .unknown
        case is TwitterError, is UsageCapped: .healthy
        case let error as RateLimited: error.isByProvider ? .healthy : .unknown
        default: .unknown
        }
    }
}
