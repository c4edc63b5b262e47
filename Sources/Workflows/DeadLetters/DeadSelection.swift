public import Contracts
public import Postgres

/// Which dead letters a deed is about. All parts that are set must hold.
public struct DeadSelection: Sendable {
    public enum Status: String, CaseIterable, Sendable { case new, replayed, discarded, all }

    public var ids: [String]?
    public var queue: QueueName?
    public var reason: DeadLetterReason?
    /// The very code; with `hasNoCode`, those that have none.
    public var code: String?
    public var hasNoCode = false
    public var status = Status.new

    public init(
        ids: [String]? = nil, queue: QueueName? = nil, reason: DeadLetterReason? = nil, status: Status = .new
    ) {
        self.ids = ids
        self.queue = queue
        self.reason = reason
        self.status = status
    }

    /// For the audit trail: which kinds of selector were used.
    public var kind: String {
        var parts: [String] = []
        if ids != nil { parts.append("id") }
        if queue != nil { parts.append("queue") }
        if reason != nil { parts.append("reason") }
        if code != nil || hasNoCode { parts.append("code") }
        return parts.isEmpty ? "all" : parts.joined(separator: "+")
    }

    /// In words, for `no dead letters …`.
    public var words: String {
        var parts = status == .all ? [] : ["status \(status.rawValue)"]
        if let queue { parts.append("queue \(queue)") }
        if let reason { parts.append("reason \(reason)") }
        return parts.isEmpty ? "" : " with " + parts.joined(separator: ", ")
    }
}

extension SQL.Interpolation {
    /// The selection as a condition on `dead_letters`; its values go in as parameters.
    public mutating func appendInterpolation(_ selection: DeadSelection) {
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
        appendLiteral("::text) and (")
        appendInterpolation(selection.code)
        appendLiteral("::text is null or code = ")
        appendInterpolation(selection.code)
        appendLiteral("::text) and (not ")
        appendInterpolation(selection.hasNoCode)
        appendLiteral("::boolean or code is null)")
    }
}
