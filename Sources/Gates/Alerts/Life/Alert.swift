public import Contracts
import Crypto
public import FoundationEssentials

/// A row of `alerts`.
public struct Alert: Equatable, Sendable {
    public let id: String
    public let rule: String
    public var severity: AlertSeverity
    public let fingerprint: String
    /// Whom or what it is about. A user's id stands here whole, and masked everywhere outside of the table.
    public let subject: String?
    public let userID: UserID?
    public internal(set) var life: AlertLife
    public var value: Double?
    public var threshold: Double?
    /// Codes, counts and names of ours.
    public var detail: [String: JSONValue]
    public internal(set) var acknowledgedAt: Date?
    public internal(set) var acknowledgedBy: String?
    public internal(set) var resolvedBy: String?
    public internal(set) var note: String?
    /// Since when the breach clock runs; nil for other severities.
    public internal(set) var awareAt: Date?
    /// Reminders of it given so far.
    public internal(set) var reminders: Int
    /// -1 for one that is not stored yet.
    let version: Int

    /// A new alert, seen now.
    public init(
        id: String = MessageID.random().rawValue, rule: AlertRule, subject: String?, userID: UserID? = nil,
        value: Double? = nil, times: Int = 1, detail: [String: JSONValue] = [:], at now: Date
    ) {
        self.id = id
        self.rule = rule.name
        severity = rule.severity
        fingerprint = Self.fingerprint(rule: rule.name, subject: subject)
        self.subject = subject
        self.userID = userID
        life = AlertLife(openedAt: now, times: times)
        self.value = value
        threshold = rule.threshold
        self.detail = detail
        awareAt = rule.severity == .compliance ? now : nil
        reminders = 0
        version = -1
    }

    /// The same for the same rule and subject for ever: 40 hexadecimal digits, which tell neither.
    public static func fingerprint(rule: String, subject: String?) -> String {
        let digest = SHA256.hash(data: Array("\(rule)\u{0}\(subject ?? "")".utf8))
        return String(digest.map { Self.hex($0) }.joined().prefix(40))
    }

    private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    public var clock: BreachClock? { awareAt.map { BreachClock(awareAt: $0) } }

    /// As it may be shown: of a user's id the last four characters.
    public var maskedSubject: String? {
        guard let subject else { return nil }
        guard let userID else { return subject }
        return subject.replacing(userID.rawValue, with: userID.masked)
    }

    // MARK: Changes

    /// The cause was looked at. A severity never falls while the alert lives.
    public mutating func see(
        _ sight: AlertLife.Sight, value: Double?, rule: AlertRule, at now: Date, reopenWithin: Duration
    ) -> AlertLife.Action {
        let policy = AlertLife.Policy(
            calmLooks: rule.calm, resolvesItself: rule.resolvesItself, reopenWithin: reopenWithin)
        let action = life.see(sight, at: now, policy)
        if case .firing = sight {
            severity = max(severity, rule.severity)
            if severity == .compliance, awareAt == nil { awareAt = now }
        }
        if let value { self.value = value }
        threshold = rule.threshold
        switch action {
        case .reopened: (acknowledgedAt, acknowledgedBy, resolvedBy, note) = (nil, nil, nil, nil)
        case .resolved: resolvedBy = "the cause is gone"
        default: break
        }
        return action
    }

    /// By a person or a program, with a reason for those who look later.
    public mutating func acknowledge(by actor: String, note: String?, at now: Date) -> AlertLife.Action {
        let action = life.acknowledge()
        if action == .acknowledged { (acknowledgedAt, acknowledgedBy, self.note) = (now, actor, note ?? self.note) }
        return action
    }

    public mutating func resolve(by actor: String, note: String?, at now: Date) -> AlertLife.Action {
        let action = life.resolve(at: now)
        if action == .resolved { (resolvedBy, self.note) = (actor, note ?? self.note) }
        return action
    }

    /// The number of the reminder that is due; nil when none is. While somebody looks after it, only those of the last day.
    public mutating func remind(at now: Date) -> Int? {
        guard let clock, life.status != .resolved else { return nil }
        let due = clock.reminders(at: now)
        guard due > reminders else { return nil }
        reminders = due
        let isLate = now.timeIntervalSince(clock.awareAt) >= 48 * 3600
        return life.status == .open || isLate ? due : nil
    }
}
