public import Alerts

/// A way to reach people. Sending is tried once; whoever calls repeats.
public protocol Notifier: Sendable {
    var channel: AlertChannel { get }

    /// - Parameter isRepeated: An earlier attempt may have arrived. Mail and PagerDuty recognise the copy by its id; Slack knows
    ///   no ids, so there the text says it.
    func send(_ notice: AlertNotice, isRepeated: Bool) async -> SendOutcome
}

/// What became of an attempt.
public enum SendOutcome: Equatable, Sendable {
    case delivered
    /// The channel cannot take it now: away, overloaded, limited. `problem` is a word of ours.
    case later(Duration?, problem: String)
    /// The channel does not want this one, nor will it later.
    case refused(problem: String)
    /// Nothing that this channel can tell (PagerDuty knows no warnings that somebody resolved by hand, say).
    case nothingToTell
}
