public import Postgres
import Synchronization

/// What calls are counted in, and whether anything is known of them.
protocol CallCounting: Sendable {
    /// The longest of its windows.
    var longest: Duration { get }
    func assumeNothingWasSentUnlessKnown() async throws
}

extension RateWindows: CallCounting {}
extension TokenBuckets: CallCounting {}

/// Knows from PostgreSQL whether a provider has been called lately, so that a Redis that has never counted for it is told from
/// one that forgot: only after a loss need the windows feel their way (`RateWindows`, `TokenBuckets`).
///
/// Before its first call, and every few minutes while there are calls, a process notes in `provider_activity` until when it may
/// be calling. Whoever finds that for a whole window nobody could have called lets the counting begin at nothing. That is so for
/// a new installation, and for one at rest whose Redis was replaced.
///
/// Safe from any task.
public final class ProviderActivity: Sendable {
    /// So long a note holds, and it is made anew in good time before its end.
    static let note = Duration.seconds(600)
    private static let renewal = Duration.seconds(240)
    /// By how much the clocks of PostgreSQL and Redis may differ.
    private static let slack = Duration.seconds(60)

    private let provider: String
    private let postgres: PostgresPool
    private let windows: [any CallCounting]
    private let isNotedUntil = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameters:
    ///   - provider: In a word: whose row it is.
    ///   - windows: All that calls to this provider are counted in.
    public init(provider: String, postgres: PostgresPool, windows: [RateWindows]) {
        self.provider = provider
        self.postgres = postgres
        self.windows = windows
    }

    /// - Parameter buckets: That all calls to this provider are counted in.
    public init(provider: String, postgres: PostgresPool, buckets: TokenBuckets) {
        self.provider = provider
        self.postgres = postgres
        windows = [buckets]
    }

    /// Returns when it is noted that this process may be calling; call it before asking the windows for leave.
    public func begin() async throws {
        let now = ContinuousClock.now
        guard isNotedUntil.withLock({ $0.map { $0 <= now } ?? true }) else { return }
        let rest = (windows.map(\.longest).max() ?? .zero) + Self.slack
        // The row stays locked until the windows know: others that start at this moment wait for them.
        try await postgres.transaction { transaction in
            let row = try await transaction.query(
                SQL(
                    """
                    select provider_called(\(provider), make_interval(secs => \(Self.note / .seconds(1))),
                                           make_interval(secs => \(rest / .seconds(1)))) as rested
                    """
                ).named("provider_called")
            ).first
            if try row?.decode(Bool.self, "rested") == true {
                for window in windows { try await window.assumeNothingWasSentUnlessKnown() }
            }
        }
        isNotedUntil.withLock { $0 = now + Self.renewal }
    }
}
