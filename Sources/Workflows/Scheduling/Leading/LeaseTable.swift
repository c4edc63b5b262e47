import Postgres

/// The lease in `scheduler_lease`: at most one scheduler holds it, on the database's clock.
///
/// Each grant has a term of its own, a number that only grows. It fences: whatever a leader writes names its term, and is
/// nothing once there is a later one.
struct LeaseTable: Sendable {
    let postgres: PostgresPool
    /// Who holds it, for people.
    let holder: String
    let length: Duration

    /// The new term; nil when somebody else leads.
    func take() async throws -> Int? {
        try await postgres.query(
            SQL(
                """
                update scheduler_lease
                set holder = \(holder), term = term + 1, elected_at = clock_timestamp(),
                    expires_at = clock_timestamp() + make_interval(secs => \(length / .seconds(1)))
                where expires_at <= clock_timestamp()
                returning term
                """
            ).named("lease_take")
        ).first?.decode(Int.self, "term")
    }

    /// False when the term is over: a lease that ran out is not renewed, even if nobody else took it.
    func renew(_ term: Int) async throws -> Bool {
        try await postgres.query(
            SQL(
                """
                update scheduler_lease
                set expires_at = clock_timestamp() + make_interval(secs => \(length / .seconds(1)))
                where term = \(term) and expires_at > clock_timestamp()
                """
            ).named("lease_renew")
        ).affected > 0
    }

    /// Lets another lead at once.
    func resign(_ term: Int) async throws {
        try await postgres.query(
            SQL(
                "update scheduler_lease set holder = null, expires_at = clock_timestamp() where term = \(term)"
            ).named("lease_resign"))
    }
}
