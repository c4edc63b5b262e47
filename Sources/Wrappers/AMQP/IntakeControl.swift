/// How many messages the broker may have out with a consumer at once.
public enum Intake: Int, Comparable, Sendable {
    case none
    /// One at a time: a probe.
    case one
    /// As many as the prefetch.
    case all

    public static func < (left: Intake, right: Intake) -> Bool { left.rawValue < right.rawValue }
}

/// What a consumer may take, and in which order it runs: what its owner allows, narrowed by caution. Pure; its owner sends the
/// `changes` and runs what `next` gives.
///
/// A message that kills its process makes the broker return everything that the process held, and every return counts
/// towards the delivery limit: left alone, it would take its innocent neighbours into the dead letters. So
/// - after connecting, one message is taken at a time until one comes that was not returned again and again;
/// - a suspect, returned at least `suspicion` times, runs alone: nothing more is taken, and what is in flight finishes first.
///
/// The broker counts a prefetch for each subscription, so that a change of subscriptions may bring more than `limit`
/// messages. They wait here, and nothing is subscribed as long as `limit` are at work: at most twice the limit is ever out.
///
/// Nothing changes while a subscription is unanswered: RabbitMQ 3.10.8 lets a consumer be cancelled whose `consume-ok` is still
/// on its way from the queue to the channel, and the channel then dies of it (`badkey` in `rabbit_channel:consumer_monitor`),
/// with the last acknowledgements unread and one return more for everything in flight. (A message that meets its consumer
/// cancelled on that way is given back by the broker itself, and that counts as a return as well; nothing can be done about it.)
struct IntakeControl {
    enum Change: Equatable {
        case cancel(tag: String)
        case subscribe(tag: String, Intake)
    }

    static let suspicion = 2

    /// What the owner allows.
    var allowed = Intake.all
    /// Handlers at work at once.
    let limit: Int
    private var isCautious = true
    private var ready: [Delivery] = []
    private var suspects: [Delivery] = []
    private var alone: UInt64?
    private var current = Intake.none
    private var subscriptions = 0
    private var isUnanswered = false

    init(limit: Int) { self.limit = limit }

    /// Nothing is subscribed on a new connection, and what waits belongs to the old one.
    mutating func connected() {
        isCautious = true
        ready = []
        suspects = []
        alone = nil
        current = .none
        isUnanswered = false
    }

    /// The broker has answered the last subscription.
    mutating func subscribed() { isUnanswered = false }

    mutating func arrived(_ delivery: Delivery) {
        isCautious = delivery.returns >= Self.suspicion
        if isCautious { suspects.append(delivery) } else { ready.append(delivery) }
    }

    /// What may run now that `running` handlers are at work.
    mutating func next(running: Int) -> Delivery? {
        guard alone == nil else { return nil }
        if !ready.isEmpty { return running < limit ? ready.removeFirst() : nil }
        guard running == 0, !suspects.isEmpty else { return nil }
        let suspect = suspects.removeFirst()
        alone = suspect.tag
        return suspect
    }

    /// Whether `tag` runs alone.
    func isSuspect(_ tag: UInt64) -> Bool { alone == tag }

    mutating func settled(_ tag: UInt64) {
        if alone == tag { alone = nil }
    }

    /// What to send so that the broker knows; it counts as sent.
    mutating func changes(running: Int) -> [Change] {
        let wanted = wanted
        guard !isUnanswered, wanted != current, wanted == .none || running < limit else { return [] }
        var changes: [Change] = []
        if current != .none { changes.append(.cancel(tag: tag)) }
        if wanted != .none {
            subscriptions += 1
            isUnanswered = true
            changes.append(.subscribe(tag: tag, wanted))
        }
        current = wanted
        return changes
    }

    private var wanted: Intake {
        guard suspects.isEmpty, alone == nil else { return .none }
        return min(allowed, isCautious ? .one : .all)
    }

    private var tag: String { "repazoo-\(subscriptions)" }
}
