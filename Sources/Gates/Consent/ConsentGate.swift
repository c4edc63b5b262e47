public import Contracts
public import FoundationEssentials
public import Postgres

/// May anything be done for this user? The token is there and not revoked, the consent younger than 365 days, the
/// subscription active, the user not erased. The rule itself is the database's function `consent_refusal`, so that the
/// check before the work and the check inside the committing transaction cannot differ.
///
/// Keep one for as long as there is work: what many ask of one gate at the same time goes to the database together.
public struct ConsentGate: Sendable {
    private struct Question: Sendable {
        let user: UserID
        let time: Date
    }

    private let words: BatchedLookup<Question, String?>

    public init(postgres: PostgresPool) {
        words = BatchedLookup(on: postgres) { questions in
            let (users, times) = (questions.map(\.user.rawValue), questions.map(\.time))
            let rows = try await postgres.query(
                SQL("select reason from consent_refusals(\(users)::text[], \(times)::timestamptz[]) order by n")
                    .named("consent_refusals"))
            return try rows.map { try $0.decode(String?.self, at: 0) }
        }
    }

    /// Nil when the work may begin.
    public func refusal(for user: UserID, at now: Date) async throws -> RefusalReason? {
        guard let word = try await words.answer(to: Question(user: user, time: now)) else { return nil }
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
