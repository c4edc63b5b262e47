public import Contracts
public import FoundationEssentials

// The column `alert_outbox.notice`, and the detail of an event.
extension AlertNotice {
    public var json: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "kind": .string(kind.rawValue), "alert_id": .string(alertID), "rule": .string(rule),
            "severity": .string(severity.rawValue), "fingerprint": .string(fingerprint), "title": .string(title),
            "advice": .string(advice), "count": .integer(count), "episode": .integer(episode), "unit": .string(unit),
            "opened_at": .string(RFC3339.text(openedAt)), "last_seen_at": .string(RFC3339.text(lastSeenAt)),
            "number": .integer(number), "facts": .object(facts.mapValues { .string($0) }),
        ]
        if let subject { members["subject"] = .string(subject) }
        if let value { members["value"] = .number(value) }
        if let threshold { members["threshold"] = .number(threshold) }
        if let deadlineAt { members["deadline_at"] = .string(RFC3339.text(deadlineAt)) }
        if let by { members["by"] = .string(by) }
        return members
    }

    /// Nil when the row is not one of ours.
    public init?(json: [String: JSONValue]) {
        func text(_ name: String) -> String? { if case .string(let text) = json[name] { text } else { nil } }
        func integer(_ name: String) -> Int? { if case .integer(let number) = json[name] { number } else { nil } }
        func number(_ name: String) -> Double? {
            switch json[name] {
            case .number(let number): number
            case .integer(let number): Double(number)
            default: nil
            }
        }
        guard let kind = text("kind").flatMap({ Kind(rawValue: $0) }), let alertID = text("alert_id"),
            let rule = text("rule"), let severity = text("severity").flatMap({ AlertSeverity(rawValue: $0) }),
            let fingerprint = text("fingerprint"), let opened = text("opened_at").flatMap({ RFC3339.date($0) }),
            let seen = text("last_seen_at").flatMap({ RFC3339.date($0) })
        else { return nil }
        self.kind = kind
        self.alertID = alertID
        self.rule = rule
        self.severity = severity
        self.fingerprint = fingerprint
        subject = text("subject")
        title = text("title") ?? ""
        advice = text("advice") ?? ""
        count = integer("count") ?? 1
        episode = integer("episode") ?? 1
        value = number("value")
        threshold = number("threshold")
        unit = text("unit") ?? ""
        openedAt = opened
        lastSeenAt = seen
        deadlineAt = text("deadline_at").flatMap { RFC3339.date($0) }
        self.number = integer("number") ?? 0
        by = text("by")
        facts = [:]
        if case .object(let members) = json["facts"] {
            for case (let name, .string(let text)) in members { facts[name] = text }
        }
    }

    /// The event that tells the broker's listeners. An alert's next episode is told as `alert.opened` again.
    public func event(cause: MessageID, at time: Date) -> Event {
        let name: EventName =
            switch kind {
            case .opened, .reopened: .alertOpened
            case .acknowledged: .alertAcknowledged
            case .resolved: .alertResolved
            case .reminder: .alertReminder
            }
        var detail = json
        detail["advice"] = nil
        return Event(name, causeID: cause, at: time, reason: rule, detail: detail)
    }
}
