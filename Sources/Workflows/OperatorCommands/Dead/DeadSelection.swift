import Contracts
import Postgres

/// Which dead letters a command is about. All parts that are set must hold.
struct DeadSelection: Sendable {
    enum Status: String, CaseIterable, Sendable { case new, replayed, discarded, all }

    var ids: [String]?
    var queue: QueueName?
    var reason: DeadLetterReason?
    var status = Status.new

    /// For the audit trail: which kinds of selector were used.
    var kind: String {
        var parts: [String] = []
        if ids != nil { parts.append("id") }
        if queue != nil { parts.append("queue") }
        if reason != nil { parts.append("reason") }
        return parts.isEmpty ? "all" : parts.joined(separator: "+")
    }

    /// In words, for `no dead letters …`.
    var words: String {
        var parts = status == .all ? [] : ["status \(status.rawValue)"]
        if let queue { parts.append("queue \(queue)") }
        if let reason { parts.append("reason \(reason)") }
        return parts.isEmpty ? "" : " with " + parts.joined(separator: ", ")
    }
}

extension SQL.Interpolation {
    /// The selection as a condition on `dead_letters`; its values go in as parameters.
    mutating func appendInterpolation(_ selection: DeadSelection) {
        let status = selection.status == .all ? nil : selection.status.rawValue
        appendLiteral("(")
        appendInterpolation(status)
        appendLiteral("::text is null or status = ")
        appendInterpolation(status)
        appendLiteral("::text) and (")
        appendInterpolation(selection.ids)
        appendLiteral("::text[] is null or id = any (")
        appendInterpolation(selection.ids)
        appendLiteral("::text[])) and (")
        appendInterpolation(selection.queue?.rawValue)
        appendLiteral("::text is null or queue in (")
        appendInterpolation(selection.queue?.rawValue)
        appendLiteral("::text, ")
        appendInterpolation(selection.queue?.dead.rawValue)
        appendLiteral("::text)) and (")
        appendInterpolation(selection.reason?.rawValue)
        appendLiteral("::text is null or reason = ")
        appendInterpolation(selection.reason?.rawValue)
        appendLiteral("::text)")
    }
}
