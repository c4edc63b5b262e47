import Contracts
import FoundationEssentials
import Postgres

/// One user's dossier.
struct Person: Sendable {
    /// Who it is. Not shown but to a privacy officer who gave a reason.
    struct Identity: Sendable {
        let handle: String?
        let name: String?
        let email: String?
    }

    let user: UserID
    let erasedAt: Date?
    let refusal: String?
    let consentedAt: Date?
    let subscription: String
    let held: [HeldLine]
    let exports: [ExportLine]
    /// A page of the trail, newest first.
    let audit: [AuditLines]
    /// Where the next page of it begins; nil = the first entry of all is shown.
    let older: Int?
    let now: Date

    /// What does not depend on each other is asked for at once.
    ///
    /// - Parameter before: Where the page of the audit trail begins: behind the entry of this position.
    static func read(_ user: UserID, before: Int? = nil, in postgres: PostgresPool, now: Date) async throws -> Person? {
        async let held = HeldLine.all(of: user, in: postgres, now: now)
        async let exports = ExportLine.all(of: user, in: postgres, now: now)
        async let entries = AuditLines.page(of: user, before: before, in: postgres, now: now)
        let row = try await postgres.query(
            SQL(
                """
                select erased_at, consent_refusal(id, now()) as refusal,
                       (select max(consented_at) from oauth_tokens where user_id = users.id) as consented_at,
                       (select string_agg(tier || ' (' || status || ')', ', ') from subscriptions where user_id = users.id)
                           as subscription
                from users where id = \(user.rawValue)
                """
            ).named("console_person")
        ).first
        guard let row else { return nil }
        let audit = Array(try await entries.prefix(AuditLines.pageSize))
        return Person(
            user: user,
            erasedAt: try row.decode(Date?.self, "erased_at"), refusal: try row.decode(String?.self, "refusal"),
            consentedAt: try row.decode(Date?.self, "consented_at"),
            subscription: try row.decode(String?.self, "subscription") ?? "none",
            held: try await held, exports: try await exports, audit: audit,
            older: try await entries.count > audit.count ? audit.last?.position : nil, now: now)
    }

    /// - Parameter unmasked: Who it is, in full.
    func model(unmasked: Identity?) -> [String: Any] {
        var model: [String: Any] = [
            "user": user.rawValue, "masked": user.masked, "handle": unmasked.map { $0.handle ?? "–" } ?? Self.masked,
            "name": unmasked.map { $0.name ?? "–" } ?? Self.masked,
            "email": unmasked.map { $0.email ?? "–" } ?? Self.masked,
            "consent": consentWords, "consentState": refusal == nil ? "holds" : "refused", "subscription": subscription,
            "held": held, "exports": exports, "audit": audit,
        ]
        if let older { model["older"] = "\(older)" }
        if let erased = Moment(erasedAt, now: now) { model["erased"] = erased }
        return model
    }

    private var consentWords: String {
        let given = consentedAt.map { "given \(Moment.distance(from: $0, to: now))" } ?? "never given"
        guard let refusal else { return given }
        return given + "; no work may be done: " + refusal.replacing("_", with: " ")
    }

    /// The console's own role cannot read more (migration 0023).
    private static let masked = "••••••"
}

/// How much of one kind is held, and until when.
struct HeldLine: Sendable {
    let kind: String
    let count: Int
    let until: Moment?
    let rule: String

    static func all(of user: UserID, in postgres: PostgresPool, now: Date) async throws -> [HeldLine] {
        try await postgres.query(
            SQL(
                """
                select 'Tweets' as kind, count(*) as n, max(retain_until) as until from twitter_data
                where user_id = \(user.rawValue) and deleted_at is null
                union all select 'Analyses', count(*), max(retain_until) from analyses
                where user_id = \(user.rawValue) and deleted_at is null
                union all select 'Deleted, not yet gone',
                    (select count(*) from twitter_data where user_id = \(user.rawValue) and deleted_at is not null)
                    + (select count(*) from analyses where user_id = \(user.rawValue) and deleted_at is not null), null
                union all select 'X accounts', count(*), null from oauth_tokens where user_id = \(user.rawValue)
                union all select 'Months of use', count(*), null from usage where user_id = \(user.rawValue)
                union all select 'Audit entries', count(*), null from audit_log where user_id = \(user.rawValue)
                """
            ).named("console_held")
        ).map { row in
            let kind = try row.decode(String.self, "kind")
            return HeldLine(
                kind: kind, count: try row.decode(Int.self, "n"),
                until: Moment(try row.decode(Date?.self, "until"), now: now),
                rule: kind == "Deleted, not yet gone" ? "30 days after the deletion" : "until erasure")
        }
    }
}

struct ExportLine: Sendable {
    let status: String
    let asked: Moment
    /// When the law wants an answer; nil once it was given.
    let due: Moment?
    let expires: Moment?
    let size: String?
    let downloads: Int

    static func all(of user: UserID, in postgres: PostgresPool, now: Date) async throws -> [ExportLine] {
        try await postgres.query(
            SQL(
                """
                select status, requested_at, due_at, expires_at, bytes, downloads from data_exports
                left join (select export_id, due_at from export_deadlines where user_id = \(user.rawValue)) as deadline
                    on export_id = id
                where user_id = \(user.rawValue) order by requested_at desc limit 20
                """
            ).named("console_exports")
        ).map { row in
            ExportLine(
                status: try row.decode(String.self, "status"),
                asked: Moment(try row.decode(Date.self, "requested_at"), now: now),
                due: Moment(try row.decode(Date?.self, "due_at"), now: now),
                expires: Moment(try row.decode(Date?.self, "expires_at"), now: now),
                size: try row.decode(Int?.self, "bytes").map {
                    $0 < 1_000_000 ? "\($0 / 1000) kB" : "\($0 / 1_000_000) MB"
                },
                downloads: try row.decode(Int.self, "downloads"))
        }
    }
}
