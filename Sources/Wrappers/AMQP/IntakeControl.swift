/// How many messages the broker may have out with a consumer at once.
public enum Intake: Int, Comparable, Sendable {
    case none
    /// One at a time: a probe.
    case one
    /// As many as the prefetch.
    case all

    public static func < (left: Intake, right: Intake) -> Bool { left.rawValue < right.rawValue }
}

/// What a consumer may take: what its owner allows, narrowed by caution. Pure; its owner sends the `changes`.
///
/// A message that kills its process makes the broker return everything that the process held, and every return counts
/// towards the delivery limit: left alone, it would take its innocent neighbours into the dead letters. So
/// - after connecting, one message is taken at a time until one comes that was not returned again and again;
/// - a suspect, returned at least `suspicion` times, runs alone: nothing more is taken, and what is in flight finishes first.
struct IntakeControl {
    enum Change: Equatable {
        case cancel(tag: String)
        case subscribe(tag: String, Intake)
    }

    static let suspicion = 2

    /// What the owner allows.
    var allowed = Intake.all
    private var isCautious = true
    private var waiting: [Delivery] = []
    private var alone: UInt64?
    private var current = Intake.none
    private var subscriptions = 0

    /// Nothing is subscribed on a new connection, and what was held belongs to the old one.
    mutating func connected() {
        isCautious = true
        waiting = []
        alone = nil
        current = .none
    }

    /// Whether this delivery may run now. One that may not is kept for `next`.
    mutating func arrived(_ delivery: Delivery) -> Bool {
        guard delivery.returns >= Self.suspicion else {
            isCautious = false
            return true
        }
        isCautious = true
        waiting.append(delivery)
        return false
    }

    /// The suspect that may run now that `running` handlers are at work.
    mutating func next(running: Int) -> Delivery? {
        guard running == 0, alone == nil, !waiting.isEmpty else { return nil }
        let delivery = waiting.removeFirst()
        alone = delivery.tag
        return delivery
    }

    mutating func settled(_ tag: UInt64) {
        if alone == tag { alone = nil }
    }

    /// What to send so that the broker knows; it counts as sent.
    mutating func changes() -> [Change] {
        let wanted = wanted
        guard wanted != current else { return [] }
        var changes: [Change] = []
        if current != .none { changes.append(.cancel(tag: tag)) }
        if wanted != .none {
            subscriptions += 1
            changes.append(.subscribe(tag: tag, wanted))
        }
        current = wanted
        return changes
    }

    private var wanted: Intake {
        guard waiting.isEmpty, alone == nil else { return .none }
        return min(allowed, isCautious ? .one : .all)
    }

    private var tag: String { "repazoo-\(subscriptions)" }
}
