import AuditTrail
import FoundationEssentials
import Postgres

/// The cap on what the whole app may read in a month: not a matter of minutes, and not of any user. Whoever meets it closes the
/// app's window for all, and people are told once a pause.
struct UsageCap: Sendable {
    /// X does not say when it ends. After so long one call finds out whether somebody has raised it.
    static let pause = Duration.seconds(3600)

    let provider: String
    let postgres: PostgresPool
    let actor: String

    func reached() async throws {
        try await postgres.transaction { transaction in
            let isFirst =
                try await transaction.query(
                    SQL(
                        """
                        update provider_activity set capped_until = now() + make_interval(secs => \(Self.pause / .seconds(1)))
                        where provider = \(provider) and (capped_until is null or capped_until < now()) returning provider
                        """
                    ).named("usage_cap_reached")
                ).first != nil
            guard isFirst else { return }
            try await transaction.query(
                SQL("select alert_raise('usage_capped', 'critical', 'twitter', null, '{}', now())").named("alert_raise")
            )
            try await transaction.query(
                AuditEntry(
                    actor: actor, userID: nil, action: "provider.usage_capped", outcome: "paused",
                    detail: ["provider": .string("twitter"), "seconds": .integer(Int(Self.pause / .seconds(1)))]
                ).statement)
        }
    }

    /// Until when, if it is known to be reached.
    func end() async throws -> Date? {
        try await postgres.query(
            SQL("select capped_until from provider_activity where provider = \(provider) and capped_until > now()")
                .named("usage_cap_end")
        ).first?.decode(Date.self, at: 0)
    }
}
