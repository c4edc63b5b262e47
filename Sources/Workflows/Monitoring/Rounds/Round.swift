import Alerts
import Contracts
import FoundationEssentials

/// What one look at everything comes to: which alerts change, and of which people are told. Pure.
struct Round: Sendable {
    /// So many subjects of one rule have alerts of their own in one look; the others share one. A fault of everybody's must not
    /// become a notice for everybody.
    static let subjectsPerRule = 50
    static let others = "(others)"

    struct Change: Equatable, Sendable {
        var alert: Alert
        let action: AlertLife.Action
        let rule: AlertRule
    }

    let rules: AlertRules
    let now: Date

    /// - Parameters:
    ///   - samples: For each rule that could be measured, what was found; a subject that is not among them is well. A rule that
    ///     could not be measured is missing: its alerts stay as they are.
    ///   - current: What lives or may come back, by fingerprint.
    func changes(_ samples: [String: [Sample]], current: [String: Alert]) -> [Change] {
        rules.rules.flatMap { rule -> [Change] in
            guard let found = samples[rule.name] else { return [] }
            return changes(rule, bounded(found, rule), current)
        }
    }

    private func changes(_ rule: AlertRule, _ samples: [Sample], _ current: [String: Alert]) -> [Change] {
        var changes: [Change] = []
        var seen: Set<String> = []
        for sample in samples {
            let fingerprint = Alert.fingerprint(rule: rule.name, subject: sample.subject)
            guard seen.insert(fingerprint).inserted else { continue }
            if let change = change(rule, sample, current[fingerprint]) { changes.append(change) }
        }
        for (fingerprint, alert) in current.sorted(by: { $0.key < $1.key })
        where alert.rule == rule.name && !seen.contains(fingerprint) {
            if let change = look(alert, rule, .calm, value: 0) { changes.append(change) }
        }
        return changes
    }

    private func change(_ rule: AlertRule, _ sample: Sample, _ known: Alert?) -> Change? {
        let sight = sight(rule, sample, known)
        if isKnownAndSettled(sample, known, rule) { return nil }
        if let known, known.life.status != .resolved || known.life.mayReopen(at: now, policy(rule)) {
            return look(known, rule, sight, value: sample.value)
        }
        guard case .firing(let times) = sight, times > 0 else { return nil }
        let alert = Alert(
            rule: rule, subject: sample.subject, userID: sample.userID, value: sample.value, times: times,
            detail: sample.detail, at: now)
        return Change(alert: alert, action: .opened, rule: rule)
    }

    /// What somebody has looked into and ended by hand is not found again, as long as there is no more of it.
    private func isKnownAndSettled(_ sample: Sample, _ known: Alert?, _ rule: AlertRule) -> Bool {
        guard !rule.resolvesItself, sample.latest == nil, let known, known.life.status == .resolved else {
            return false
        }
        return sample.value <= known.value ?? 0
    }

    private func look(_ known: Alert, _ rule: AlertRule, _ sight: AlertLife.Sight, value: Double) -> Change? {
        var alert = known
        let action = alert.see(sight, value: value, rule: rule, at: now, reopenWithin: rules.reopenWithin)
        return alert == known || (action == .nothing && known.life.status == .resolved)
            ? nil : Change(alert: alert, action: action, rule: rule)
    }

    /// What is counted over a window stays in it for a while: only something new counts, and only something new brings a resolved
    /// alert back.
    private func sight(_ rule: AlertRule, _ sample: Sample, _ known: Alert?) -> AlertLife.Sight {
        let sight = rule.sight(of: sample.value, times: sample.isCounted ? 1 : 0)
        guard case .firing = sight, let latest = sample.latest, let known else { return sight }
        if known.life.status == .resolved, let end = known.life.resolvedAt, latest <= end { return .calm }
        return latest <= known.life.lastSeenAt ? .firing(times: 0) : sight
    }

    private func policy(_ rule: AlertRule) -> AlertLife.Policy {
        AlertLife.Policy(calmLooks: rule.calm, resolvesItself: rule.resolvesItself, reopenWithin: rules.reopenWithin)
    }

    private func bounded(_ samples: [Sample], _ rule: AlertRule) -> [Sample] {
        let firing = samples.filter { $0.value > rule.threshold }
        guard firing.count > Self.subjectsPerRule else { return samples }
        let sorted = samples.sorted { ($0.value, $1.subject ?? "") > ($1.value, $0.subject ?? "") }
        let rest = firing.count - Self.subjectsPerRule
        let worst = sorted[Self.subjectsPerRule].value
        return Array(sorted.prefix(Self.subjectsPerRule))
            + [Sample(Self.others, worst, detail: ["subjects": .integer(rest)])]
    }
}
