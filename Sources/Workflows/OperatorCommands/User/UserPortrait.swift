import Contracts
import FoundationEssentials
import Postgres

/// One user as an operator may see them: facts and counts, names masked. Pure but for `read`.
struct UserPortrait {
    struct Holding {
        let what: String
        let count: Int
        let oldest: Date?
        /// Nil = as long as the account is there.
        let keptUntil: Date?
    }

    struct Consent {
        let givenAt: Date
        let version: String?
        let revokedAt: Date?
        let tokenExpiresAt: Date?

        /// 365 days to the second, as in the consent gate.
        var endsAt: Date { givenAt.addingTimeInterval(365 * 86400) }
    }

    struct Subscription {
        let tier: String
        let status: String
        let periodEnd: Date?
    }

    let id: UserID
    let handle: String?
    let email: String?
    let createdAt: Date
    let lastActiveAt: Date?
    let erasedAt: Date?
    let consent: Consent?
    let subscription: Subscription?
    /// Why nothing may be done for the user, in the gate's own word; nil = all is well.
    let refusal: String?
    let quota: (used: Int, allowed: Int)?
    let holdings: [Holding]

    // MARK: For people

    var lines: [String] {
        var table = TextTable()
        table.add("user", id.masked)
        table.add(
            "names", [handle.map(Masked.name), email.map(Masked.address)].compactMap { $0 }.joined(separator: ", "))
        table.add("since", Plain.moment(createdAt) + (lastActiveAt.map { ", last active \(Plain.moment($0))" } ?? ""))
        if let erasedAt { table.add("erased", Plain.moment(erasedAt)) }
        table.add("consent", consentWords)
        table.add("subscription", subscriptionWords)
        table.add("work", refusal.map { "refused: \($0)" } ?? "may be done")
        if let quota {
            table.add("this month", "\(quota.used) of \(Plain.count(quota.allowed, "analysis", "analyses"))")
        }
        var held = TextTable()
        held.add("held", "number", "oldest", "kept until")
        for holding in holdings {
            held.add(
                holding.what, "\(holding.count)", holding.oldest.map(Plain.moment) ?? "-",
                holding.keptUntil.map(Plain.moment) ?? (holding.count == 0 ? "-" : "erasure"))
        }
        return table.lines + [""] + held.lines
    }

    private var consentWords: String {
        guard let consent else { return "never given" }
        let given =
            "given \(Plain.moment(consent.givenAt))" + (consent.version.map { " (version \(Plain.line($0)))" } ?? "")
        let end = consent.revokedAt.map { "revoked \(Plain.moment($0))" } ?? "ends \(Plain.moment(consent.endsAt))"
        let token = consent.tokenExpiresAt.map { ", access token until \(Plain.moment($0))" } ?? ""
        return "\(given), \(end)\(token)"
    }

    private var subscriptionWords: String {
        guard let subscription else { return "none" }
        return "\(subscription.tier), \(subscription.status)"
            + (subscription.periodEnd.map { ", paid until \(Plain.moment($0))" } ?? "")
    }

    // MARK: For scripts

    var json: JSON {
        .object([
            .init("user", .string(id.masked)), .init("handle", .text(handle.map(Masked.name))),
            .init("email", .text(email.map(Masked.address))), .init("created_at", .time(createdAt)),
            .init("last_active_at", .time(lastActiveAt)), .init("erased_at", .time(erasedAt)),
            .init(
                "consent",
                consent.map {
                    .object([
                        .init("given_at", .time($0.givenAt)), .init("version", .outside($0.version)),
                        .init("revoked_at", .time($0.revokedAt)), .init("ends_at", .time($0.endsAt)),
                        .init("token_expires_at", .time($0.tokenExpiresAt)),
                    ])
                } ?? .null),
            .init(
                "subscription",
                subscription.map {
                    .object([
                        .init("tier", .string($0.tier)), .init("status", .string($0.status)),
                        .init("current_period_end", .time($0.periodEnd)),
                    ])
                } ?? .null),
            .init("refusal", .text(refusal)),
            .init(
                "quota",
                quota.map {
                    .object([.init("used", JSON(count: $0.used)), .init("allowed", JSON(count: $0.allowed))])
                } ?? .null),
            .init(
                "held",
                .array(
                    holdings.map {
                        .object([
                            .init("what", .string($0.what)), .init("count", JSON(count: $0.count)),
                            .init("oldest", .time($0.oldest)), .init("kept_until", .time($0.keptUntil)),
                        ])
                    })),
        ])
    }
}

extension JSON {
    fileprivate static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
    fileprivate static func time(_ time: Date?) -> JSON { time.map { .string(RFC3339.text($0)) } ?? .null }
}
