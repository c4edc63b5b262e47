import Contracts
public import FoundationEssentials
import Privacy

/// What people and programs are told of an alert. Holds nothing personal: a user is masked, texts are ours or redacted.
public struct AlertNotice: Equatable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case opened, reopened, acknowledged, resolved, reminder
    }

    public var kind: Kind
    public var alertID: String
    public var rule: String
    public var severity: AlertSeverity
    public var fingerprint: String
    public var subject: String?
    public var title: String
    public var advice: String
    public var count: Int
    public var episode: Int
    public var value: Double?
    public var threshold: Double?
    public var unit: String
    public var openedAt: Date
    public var lastSeenAt: Date
    public var deadlineAt: Date?
    /// Of a reminder: which.
    public var number: Int
    /// Who acknowledged or resolved it.
    public var by: String?
    public var facts: [String: String]

    /// Nil for an action that nobody is told of.
    public static func kind(of action: AlertLife.Action) -> Kind? {
        switch action {
        case .opened: .opened
        case .reopened: .reopened
        case .acknowledged: .acknowledged
        case .resolved: .resolved
        case .nothing, .repeated: nil
        }
    }

    public init(_ kind: Kind, _ alert: Alert, rule: AlertRule?, number: Int = 0) {
        self.kind = kind
        alertID = alert.id
        self.rule = alert.rule
        severity = alert.severity
        fingerprint = alert.fingerprint
        subject = alert.maskedSubject.map { Self.shown($0) }
        title = Self.plain(rule?.title ?? AlertRule.foreign(alert.rule, alert.severity).title, bytes: 500)
        advice = Self.plain(rule?.advice ?? "", bytes: 500)
        count = alert.life.count
        episode = alert.life.episode
        value = alert.value
        threshold = alert.threshold
        unit = rule?.unit ?? ""
        openedAt = alert.life.openedAt
        lastSeenAt = alert.life.lastSeenAt
        deadlineAt = alert.clock?.deadlineAt
        self.number = number
        by = (kind == .resolved ? alert.resolvedBy : kind == .acknowledged ? alert.acknowledgedBy : nil).map {
            Self.shown($0)
        }
        facts = [:]
        for (name, value) in alert.detail.prefix(20) {
            let text = if case .string(let text) = value { text } else { value.text }
            facts[Self.shown(name)] = Self.shown(Redactor.redact(text, name: name))
        }
    }

    private static func shown(_ text: String) -> String { plain(Redactor.redact(text), bytes: 200) }

    /// One line of so many bytes without anything that a terminal or a mail obeys.
    private static func plain(_ text: String, bytes limit: Int) -> String {
        var scalars = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            let isPlain = !scalar.properties.generalCategory.isUnprintable
            bytes += UTF8.width(scalar)
            guard bytes <= limit else { break }
            scalars.append(isPlain ? scalar : " ")
        }
        return String(scalars)
    }

    /// `queue_depth repazoo.ingest`.
    public var name: String { subject.map { "\(rule) \($0)" } ?? rule }
}

extension Unicode.GeneralCategory {
    fileprivate var isUnprintable: Bool {
        switch self {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
