/// Whether this process leads, and what it does next. It decides; `SchedulerService` acts and tells it what came of it.
///
/// A leader holds a lease on PostgreSQL's clock. Its own clock only tells how long it may trust that without asking: from
/// the moment *before* it asked, and a margin less than the lease lasts. In doubt it does not lead.
struct Leadership: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How long a lease lasts, and how often it is asked for. Whoever follows leads at most `term + askEvery` after a leader died.
    struct Terms: Sendable {
        var term = Duration.seconds(10)
        var renewEvery = Duration.seconds(3)
        var askEvery = Duration.seconds(2)
        var margin = Duration.seconds(1)
    }

    enum Action: Equatable, Sendable {
        /// Ask for the lease.
        case ask
        case renew(term: Int)
        /// See what is due; nothing may be published from `until` on.
        case work(term: Int, until: Instant)
        case rest(until: Instant)
    }

    private enum State: Equatable {
        /// Can transition to: leading, when the lease was granted.
        case following(askAt: Instant)
        /// Can transition to: following, when the lease is refused, or trust ends before it was renewed.
        case leading(term: Int, trustedUntil: Instant, renewAt: Instant, workAt: Instant)
    }

    private let terms: Terms
    private var state: State

    init(at now: Instant, terms: Terms = Terms()) {
        self.terms = terms
        state = .following(askAt: now)
    }

    /// The number of the term while this process leads; nil otherwise.
    var term: Int? { if case .leading(let term, _, _, _) = state { term } else { nil } }

    mutating func next(at now: Instant) -> Action {
        switch state {
        case .following(let askAt): return now < askAt ? .rest(until: askAt) : .ask
        case .leading(let term, let trustedUntil, let renewAt, let workAt):
            if now >= trustedUntil {
                state = .following(askAt: now)
                return .ask
            }
            if now >= renewAt { return .renew(term: term) }
            if now >= workAt { return .work(term: term, until: trustedUntil) }
            return .rest(until: min(renewAt, workAt))
        }
    }

    /// The lease is ours, for `term`, by a question asked at `askedAt`. What is due is looked for at once.
    mutating func granted(_ term: Int, askedAt: Instant) {
        state = .leading(
            term: term, trustedUntil: askedAt + terms.term - terms.margin, renewAt: askedAt + terms.renewEvery,
            workAt: askedAt)
    }

    /// Somebody else leads.
    mutating func refused(at now: Instant) { state = .following(askAt: now + terms.askEvery) }

    /// There was no answer. A leader goes on for as long as it may trust its lease, and asks again soon.
    mutating func unanswered(at now: Instant) {
        switch state {
        case .following: state = .following(askAt: now + terms.askEvery)
        case .leading(let term, let trustedUntil, _, let workAt):
            state = .leading(
                term: term, trustedUntil: trustedUntil, renewAt: now + .seconds(1), workAt: workAt)
        }
    }

    /// Everything that was due is done; look again at `time` at the latest.
    mutating func worked(lookAgainAt time: Instant) {
        guard case .leading(let term, let trustedUntil, let renewAt, _) = state else { return }
        state = .leading(term: term, trustedUntil: trustedUntil, renewAt: renewAt, workAt: time)
    }
}
