public import FoundationEssentials
public import Postgres

/// The life of one alert. Decides only; `AlertBook` reads and writes.
///
/// Hysteresis: between `clear` and the threshold of its rule an alert neither opens nor ends, and it ends only after several looks
/// in a row that found nothing. One that comes back again and again needs more of them each time, up to four times as many: it
/// stays open rather than be told over and over.
public struct AlertLife: Equatable, Sendable {
    /// - open: nobody has said that they look after it. Can transition to: acknowledged, resolved.
    /// - acknowledged: somebody looks after it. Can transition to: resolved.
    /// - resolved: can transition to: open, as the next episode, when the cause is seen again within the time for that; after that
    ///   time a new alert begins instead.
    public enum Status: String, Sendable, PostgresDecodable { case open, acknowledged, resolved }

    /// What a look at the cause found.
    public enum Sight: Equatable, Sendable {
        /// It is there; seen so many times since the last look.
        case firing(times: Int)
        /// Neither there nor clearly gone.
        case near
        case calm
    }

    /// What a change comes to, for those who are to be told.
    public enum Action: String, Equatable, Sendable {
        case nothing
        case opened
        /// Counted, and known to everybody already.
        case repeated
        case reopened
        case acknowledged
        case resolved
    }

    public struct Policy: Equatable, Sendable {
        public var calmLooks: Int
        public var resolvesItself: Bool
        public var reopenWithin: Duration

        public init(calmLooks: Int = 2, resolvesItself: Bool = true, reopenWithin: Duration = .seconds(3600)) {
            self.calmLooks = calmLooks
            self.resolvesItself = resolvesItself
            self.reopenWithin = reopenWithin
        }
    }

    public internal(set) var status = Status.open
    public internal(set) var episode = 1
    /// Looks in a row that found nothing.
    public internal(set) var calm = 0
    /// How often the cause was seen, over all episodes.
    public internal(set) var count: Int
    public internal(set) var firstSeenAt: Date
    public internal(set) var lastSeenAt: Date
    /// Of this episode.
    public internal(set) var openedAt: Date
    public internal(set) var resolvedAt: Date?

    /// A new alert; tell it as `opened`.
    public init(openedAt now: Date, times: Int = 1) {
        count = max(1, times)
        firstSeenAt = now
        lastSeenAt = now
        openedAt = now
    }

    init(
        status: Status, episode: Int, calm: Int, count: Int, firstSeenAt: Date, lastSeenAt: Date, openedAt: Date,
        resolvedAt: Date?
    ) {
        self.status = status
        self.episode = episode
        self.calm = calm
        self.count = count
        self.firstSeenAt = firstSeenAt
        self.lastSeenAt = lastSeenAt
        self.openedAt = openedAt
        self.resolvedAt = resolvedAt
    }

    /// Whether a resolved alert would come back as itself; otherwise its cause begins a new one.
    public func mayReopen(at now: Date, _ policy: Policy) -> Bool {
        guard status == .resolved, let resolvedAt else { return false }
        return now <= resolvedAt.addingTimeInterval(policy.reopenWithin / .seconds(1))
    }

    public mutating func see(_ sight: Sight, at now: Date, _ policy: Policy) -> Action {
        switch (sight, status) {
        case (.firing(let times), .resolved):
            guard mayReopen(at: now, policy) else { return .nothing }
            status = .open
            episode += 1
            openedAt = now
            resolvedAt = nil
            sighted(times, now)
            return .reopened
        case (.firing(let times), .open), (.firing(let times), .acknowledged):
            sighted(times, now)
            return times > 0 ? .repeated : .nothing
        case (.near, _):
            calm = 0
            return .nothing
        case (.calm, .resolved): return .nothing
        case (.calm, .open), (.calm, .acknowledged):
            calm += 1
            guard policy.resolvesItself, calm >= policy.calmLooks * min(episode, 4) else { return .nothing }
            return resolve(at: now)
        }
    }

    /// `nothing` when it is acknowledged or resolved already.
    public mutating func acknowledge() -> Action {
        guard status == .open else { return .nothing }
        status = .acknowledged
        return .acknowledged
    }

    /// By a person, or by `see`.
    public mutating func resolve(at now: Date) -> Action {
        guard status != .resolved else { return .nothing }
        status = .resolved
        resolvedAt = now
        return .resolved
    }

    private mutating func sighted(_ times: Int, _ now: Date) {
        calm = 0
        guard times > 0 else { return }
        count += min(times, Int.max - count)
        lastSeenAt = max(lastSeenAt, now)
    }
}
