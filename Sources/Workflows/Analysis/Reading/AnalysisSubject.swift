import Contracts
import Isolation
import Postgres
import Privacy

/// Who is analyzed: the tier that chooses the model, and the names that must not reach it.
struct AnalysisSubject {
    let tier: String
    let identity: KnownIdentity

    /// Nil without an active subscription. With several the best tier counts.
    static func read(_ rows: UserRows) async throws -> AnalysisSubject? {
        let row = try await rows.query(
            SQL(
                """
                select s.tier, u.handle, u.display_name, u.email
                from users u join subscriptions s on s.user_id = u.id and s.status = 'active'
                where u.id = \(rows.user.rawValue) order by s.tier desc limit 1
                """
            ).named("analysis_subject")
        ).first
        guard let row else { return nil }
        return AnalysisSubject(
            tier: try row.decode(String.self, "tier"),
            identity: KnownIdentity(
                handle: try row.decode(String?.self, "handle"),
                displayName: try row.decode(String?.self, "display_name"),
                email: try row.decode(String?.self, "email")))
    }
}
