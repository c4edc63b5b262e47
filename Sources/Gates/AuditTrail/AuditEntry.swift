public import Contracts
public import Postgres

/// One entry of the audit trail: who did what for whom, and how it ended.
///
/// `detail` is for codes, counts and ids: the trail outlives the data it tells of. Whatever else comes in is redacted
/// (`AuditDetail`), so that `detail` may hold less than was given.
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
        self.detail = AuditDetail.redacted(detail)
    }

    /// Appends the entry to its user's chain. Run it in the transaction of the change that it tells of, after the change:
    /// the chain's head stays locked until the transaction ends.
    public var statement: SQL {
        SQL("select audit_append(\(actor), \(userID?.rawValue), \(action), \(outcome), \(detailText)::jsonb)")
            .named("audit_append")
    }

    /// Appends many, those of one chain in their order. Locks heads in the order in which their chains come first, so entries are
    /// to be given in the order of the users' ids.
    public static func statement(for entries: [AuditEntry]) -> SQL {
        SQL(
            """
            select audit_append_many(
                \(entries.map(\.actor))::text[], \(entries.map(\.userID?.rawValue))::text[],
                \(entries.map(\.action))::text[], \(entries.map(\.outcome))::text[],
                \(entries.map(\.detailText))::text[]::jsonb[])
            """
        ).named("audit_append_many")
    }

    private var detailText: JSONText { JSONText(rawValue: JSONValue.object(detail).text) }
}
