public import Contracts
public import FoundationEssentials
public import Postgres

/// May anything be done for this user? The token is there and not revoked, the consent younger than 365 days, the
/// subscription active, the user not erased. The rule itself is the database's function `consent_refusal`, so that the
/// check before the work and the check inside the committing transaction cannot differ.
public struct ConsentGate: Sendable {
    private let postgres: PostgresPool

    public init(postgres: PostgresPool) { self.postgres = postgres }

    /// Nil when the work may begin.
    public func refusal(for user: UserID, at now: Date) async throws -> RefusalReason? {
        let row = try await postgres.query(
            SQL("select consent_refusal(\(user.rawValue), \(now)) as reason").named("consent_refusal")
        ).first
        guard let word = try row?.decode(String?.self, "reason") else { return nil }
        // A word that this program does not know still means no.
        return RefusalReason(rawValue: word) ?? .noConsent
    }

    /// Locks the user's row until the transaction ends, and ends it with `withdrawnState` if consent is gone meanwhile.
    public static func requirement(for user: UserID) -> SQL {
        SQL("select require_consent(\(user.rawValue))").named("require_consent")
    }

    /// SQLSTATE with which `requirement` ends a transaction.
    public static let withdrawnState = SQLState(rawValue: "RZ001")
}
