import AuditTrail
import Consent
import Contracts
import Postgres

/// All that one job commits.
struct JobRecord: Sendable {
    /// Whose consent it needs; nil for a tick and for a refusal.
    var consenting: UserID?
    var effects: [SQL] = []
    let receipt: Receipt
    let audit: [AuditEntry]
    /// Groups are put in the order of it. The user's id; empty for what concerns nobody.
    let key: String

    /// The job by itself: consent, effects, receipt, audit entries, in this order.
    var statements: [SQL] {
        (consenting.map { [ConsentGate.requirement(for: $0)] } ?? []) + effects + [receipt.statement]
            + audit.map(\.statement)
    }
}
