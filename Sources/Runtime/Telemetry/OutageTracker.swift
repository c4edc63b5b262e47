import FoundationEssentials

/// Decides what a report about a dependency means: an outage begins, goes on, or ends.
struct OutageTracker {
    enum Action: Equatable {
        case none
        case began(reason: String)
        case ended(after: Duration)
    }

    private(set) var state: DependencyState = .starting
    /// When `state` last changed. A new reason for the same outage changes nothing.
    private(set) var since: Date
    private var isAway = false

    init(since: Date) { self.since = since }

    mutating func report(_ new: DependencyState, at now: Date) -> Action {
        let action: Action
        switch new {
        case .down(let reason):
            action = isAway ? .none : .began(reason: reason)
            isAway = true
        case .up:
            action = isAway ? .ended(after: .milliseconds(Int64(max(0, now.timeIntervalSince(since)) * 1000))) : .none
            isAway = false
        case .starting:
            action = .none
        }
        if new.name != state.name { since = now }
        state = new
        return action
    }
}

/// What is known about a server that the program needs.
public enum DependencyState: Sendable, Hashable {
    /// Nothing reported yet.
    case starting
    case up
    case down(String)

    /// As `/readyz` names it.
    public var name: String {
        switch self {
        case .starting: "starting"
        case .up: "up"
        case .down: "down"
        }
    }
}
