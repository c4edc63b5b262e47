import AuditTrail
import Consent
import Contracts
import Isolation
import Postgres

/// All that one job commits.
struct JobRecord: Sendable {
    /// Whose consent it needs; nil for a tick and for a refusal.
    var consenting: UserID?
    /// Whose rows its effects may touch; nil for what concerns nobody.
    var user: UserID?
    var effects: [SQL] = []
    let receipt: Receipt
    let audit: [AuditEntry]
    /// Groups are put in the order of it. The user's id; empty for what concerns nobody.
    var key: String { user?.rawValue ?? "" }

    /// The job by itself: consent, effects, receipt, audit entries, in this order.
    var statements: [SQL] {
        (consenting.map { [ConsentGate.requirement(for: $0)] } ?? [])
            + (effects.isEmpty ? [] : [UserRows.scope(of: user)] + effects) + [receipt.statement]
            + audit.map(\.statement)
    }
}
