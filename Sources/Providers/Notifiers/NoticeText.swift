import Alerts
import Contracts
import FoundationEssentials

/// A notice in words, the same for all channels; each escapes them for itself.
struct NoticeText {
    let notice: AlertNotice
    let now: Date

    /// `CRITICAL: Nobody works on a queue that has work (repazoo.ingest)`.
    var headline: String {
        let subject = notice.subject.map { " (\($0))" } ?? ""
        return "\(word): \(notice.title)\(subject)"
    }

    private var word: String {
        switch notice.kind {
        case .opened, .reopened: notice.severity.rawValue.uppercased() + (notice.kind == .reopened ? " AGAIN" : "")
        case .acknowledged: "ACKNOWLEDGED"
        case .resolved: "RESOLVED"
        case .reminder: "REMINDER"
        }
    }

    /// Name and value of what else is known, in the order in which it is read.
    var facts: [(name: String, value: String)] {
        var facts: [(String, String)] = [("Rule", notice.name), ("Severity", notice.severity.rawValue)]
        if let value = notice.value, let threshold = notice.threshold, notice.kind != .resolved {
            let unit = notice.unit.isEmpty ? "" : " " + notice.unit
            facts.append(("Measured", "\(Self.text(value))\(unit), limit \(Self.text(threshold))\(unit)"))
        }
        facts.append(("Seen", notice.count == 1 ? "once" : "\(notice.count) times"))
        facts.append(("Since", Self.moment(notice.openedAt)))
        facts.append(("Last", Self.moment(notice.lastSeenAt)))
        if let deadline = notice.deadlineAt, notice.kind != .resolved {
            let clock = BreachClock(awareAt: deadline.addingTimeInterval(-BreachClock.length))
            facts.append(
                ("To be told to the authority by", "\(Self.moment(deadline)) (\(clock.words(at: now)), Art. 33 GDPR)"))
        }
        if let by = notice.by { facts.append((notice.kind == .resolved ? "Resolved by" : "Acknowledged by", by)) }
        for (name, value) in notice.facts.sorted(by: { $0.key < $1.key }) { facts.append((name, value)) }
        facts.append(("Alert", String(notice.alertID.prefix(36))))
        return facts
    }

    /// What to do; nothing for one that is over.
    var advice: String? { notice.kind == .resolved || notice.advice.isEmpty ? nil : notice.advice }

    /// Without a fraction where there is none.
    static func text(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
        return number == number.rounded() ? "\(Int(number))" : "\((number * 100).rounded() / 100)"
    }

    /// `2026-11-23 21:04:10Z`.
    static func moment(_ time: Date) -> String {
        RFC3339.text(Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))).replacing("T", with: " ")
    }
}

extension String {
    /// At most so many characters (UTF-16 units, as Slack and PagerDuty count), cut between characters.
    func limited(to units: Int) -> String {
        guard utf16.count > units else { return self }
        var text = ""
        var count = 0
        for character in self {
            count += String(character).utf16.count
            guard count < units else { break }
            text.append(character)
        }
        return text + "…"
    }
}
