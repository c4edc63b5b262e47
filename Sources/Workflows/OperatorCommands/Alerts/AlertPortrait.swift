import Alerts
import Contracts
import FoundationEssentials

/// One alert in words and in JSON. Pure.
struct AlertPortrait {
    let alert: Alert
    let now: Date

    private var rule: AlertRule? {
        (try? AlertRules.read(AlertRules.currentJSON, duration: { Duration(setting: $0) }))?[alert.rule]
    }

    var lines: [String] {
        let (life, title) = (alert.life, rule?.title ?? "")
        var table = TextTable()
        table.add("alert", Plain.line(alert.id))
        table.add("rule", Plain.line(alert.rule) + (title.isEmpty ? "" : ": \(title)"))
        table.add("about", Plain.line(alert.maskedSubject ?? "-"))
        table.add("severity", alert.severity.rawValue)
        table.add("status", life.status.rawValue + by)
        table.add("since", "\(Plain.moment(life.openedAt)), \(Plain.age(now.timeIntervalSince(life.openedAt))) ago")
        table.add("last seen", Plain.moment(life.lastSeenAt))
        table.add("seen", Plain.count(life.count, "time") + (life.episode > 1 ? ", in \(life.episode) episodes" : ""))
        if let value = alert.value, let threshold = alert.threshold {
            table.add("measured", "\(Plain.fixed(value, digits: 2)), limit \(Plain.fixed(threshold, digits: 2))")
        }
        if let clock = alert.clock {
            table.add("aware since", Plain.moment(clock.awareAt))
            table.add("to be told by", "\(Plain.moment(clock.deadlineAt)) (\(clock.words(at: now)); Art. 33 GDPR)")
        }
        for (name, value) in alert.detail.sorted(by: { $0.key < $1.key }) {
            table.add(Plain.line(name), Plain.line(Self.text(value), maximumBytes: 300))
        }
        if let note = alert.note { table.add("note", Plain.line(note)) }
        return table.lines + (advice.isEmpty ? [] : [""] + advice)
    }

    private var by: String {
        switch alert.life.status {
        case .open: ""
        case .acknowledged: alert.acknowledgedBy.map { " by \(Plain.line($0))" } ?? ""
        case .resolved: alert.resolvedBy.map { " by \(Plain.line($0))" } ?? ""
        }
    }

    private var advice: [String] {
        guard alert.life.status != .resolved else { return [] }
        var lines = [rule.map { "What to do: " + $0.advice } ?? ""].filter { !$0.isEmpty }
        if alert.clock != nil {
            lines += [
                "If it is a breach of personal data, the authority is to be told what happened, of which categories and about how",
                "many people and records, what follows from it, what is done, and whom to ask (Art. 33 (3)); what is not known",
                "yet may follow. Document it even if it is not told (Art. 33 (5)): --note of `alerts resolve` is kept.",
            ]
        }
        let id = DeadID.short(alert.id)
        if alert.life.status == .open { lines.append("  repazoo alerts ack \(id)                  you look after it") }
        lines.append("  repazoo alerts resolve \(id) --note …     it is over")
        return lines
    }

    private static func text(_ value: Contracts.JSONValue) -> String {
        if case .string(let text) = value { text } else { value.text }
    }

    var json: JSON {
        let life = alert.life
        func time(_ date: Date?) -> JSON { date.map { .string(RFC3339.text($0)) } ?? .null }
        func number(_ number: Double?) -> JSON { number.map { .number($0) } ?? .null }
        let detail = (try? JSON(parsing: Contracts.JSONValue.object(alert.detail).text)) ?? .object([])
        return .object([
            .init("id", .outside(alert.id)), .init("rule", .outside(alert.rule)),
            .init("severity", .string(alert.severity.rawValue)), .init("status", .string(life.status.rawValue)),
            .init("subject", .outside(alert.maskedSubject)), .init("fingerprint", .outside(alert.fingerprint)),
            .init("count", JSON(count: life.count)), .init("episode", JSON(count: life.episode)),
            .init("opened_at", time(life.openedAt)), .init("first_seen_at", time(life.firstSeenAt)),
            .init("last_seen_at", time(life.lastSeenAt)), .init("value", number(alert.value)),
            .init("threshold", number(alert.threshold)), .init("acknowledged_at", time(alert.acknowledgedAt)),
            .init("acknowledged_by", .outside(alert.acknowledgedBy)), .init("resolved_at", time(life.resolvedAt)),
            .init("resolved_by", .outside(alert.resolvedBy)), .init("note", .outside(alert.note)),
            .init("aware_at", time(alert.awareAt)), .init("deadline_at", time(alert.clock?.deadlineAt)),
            .init("detail", detail.cleaned),
        ])
    }
}
