public import Contracts
public import Postgres

/// One entry of the audit trail: who did what for whom, and how it ended.
///
/// `detail` holds codes, counts and ids, never text from outside: the trail outlives the data it tells of.
public struct AuditEntry: Sendable {
    /// The program, or the person behind a command.
    public let actor: String
    /// Nil for what concerns nobody in particular; such entries share one chain.
    public let userID: UserID?
    /// `ingest.tweets_stored`, `consent.refused`, …
    public let action: String
    public let outcome: String
    public let detail: [String: JSONValue]

    public init(
        actor: String, userID: UserID?, action: String, outcome: String, detail: [String: JSONValue] = [:]
    ) {
        self.actor = actor
        self.userID = userID
        self.action = action
        self.outcome = outcome
        self.detail = detail
    }

    /// Appends the entry to its user's chain. Run it in the transaction of the change that it tells of, after the change:
    /// the chain's head stays locked until the transaction ends.
    public var statement: SQL {
        let detail = JSONText(rawValue: JSONValue.object(detail).text)
        return SQL(
            "select audit_append(\(actor), \(userID?.rawValue), \(action), \(outcome), \(detail)::jsonb)"
        ).named("audit_append")
    }
}
