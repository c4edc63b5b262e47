import Alerts
import Contracts
import Postgres
import Privacy

/// An alert that another program raised by an event `alert.opened`, or says to be over by `alert.resolved`: rule, severity, subject,
/// anything else. Nothing in it is trusted: names become codes, texts are redacted and bounded.
struct ForeignAlert: Equatable, Sendable {
    private static let livingPerRule = 50

    let rule: String
    let severity: AlertSeverity
    let subject: String?
    let userID: UserID?
    let detail: [String: Contracts.JSONValue]
    let isOver: Bool

    /// Nil for an event that raises nothing.
    init?(_ event: Event) {
        guard [.alertOpened, .alertResolved].contains(event.event), case .string(let name) = event.detail["rule"],
            HarmlessText.isCode(name), Redactor.redact(name) == name
        else { return nil }
        rule = name
        isOver = event.event == .alertResolved
        userID = event.userID ?? Self.text(event.detail["user_id"]).flatMap { UserID($0) }
        severity = Self.text(event.detail["severity"]).flatMap { AlertSeverity(rawValue: $0) } ?? .warning
        if let text = Self.text(event.detail["subject"]), text != userID?.rawValue {
            subject = HarmlessText.cleaned(Redactor.redact(text), maximumBytes: 128)
        } else {
            subject = userID?.rawValue
        }
        var facts: [String: Contracts.JSONValue] = [:]
        let inner = if case .object(let members) = event.detail["detail"] { members } else { event.detail }
        for (key, value) in inner.sorted(by: { $0.key < $1.key }).prefix(20)
        where HarmlessText.isCode(key) && !["rule", "severity", "subject", "user_id", "detail", "at"].contains(key) {
            facts[Redactor.redact(key)] = Self.harmless(value, name: key)
        }
        detail = facts
    }

    /// Whoever names a new subject each time gets one alert for all that come after the first so many.
    func boundedSubject(_ postgres: PostgresPool) async throws -> String? {
        let statement = SQL(
            """
            select count(*) as living, coalesce(bool_or(subject is not distinct from \(subject)::text), false) as known
            from (select subject from alerts where rule = \(rule) and status <> 'resolved' limit 1000) as alert
            """)
        let living = try await postgres.query(statement)[0]
        let isKnown = try living.decode(Bool.self, "known")
        return try isKnown || living.decode(Int.self, "living") < Self.livingPerRule ? subject : "(others)"
    }

    private static func text(_ value: Contracts.JSONValue?) -> String? {
        if case .string(let text) = value, !text.isEmpty { text } else { nil }
    }

    private static func harmless(_ value: Contracts.JSONValue, name: String) -> Contracts.JSONValue {
        switch value {
        case .null, .boolean, .integer, .number: value
        case .string(let text):
            .string(HarmlessText.cleaned(Redactor.redact(String(text.prefix(1000)), name: name), maximumBytes: 300))
        case .array, .object: .string("[…]")
        }
    }
}
