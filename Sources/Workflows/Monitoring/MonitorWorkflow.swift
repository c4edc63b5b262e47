import Alerts
import AuditTrail
public import ConsumerRuntime
public import Contracts
public import FoundationEssentials
import Metrics
import Postgres
import Ticks

/// Looks at everything once for each tick: measures the rules, and opens, counts and ends alerts.
///
/// A slot is worked once, whoever publishes it and however often. Alerts, memory and receipt are one transaction, and the events that
/// repazoo-alert tells people by are its follow-ups: a crash anywhere loses no alert and tells none twice.
public struct MonitorWorkflow: Workflow {
    public typealias Request = Tick

    let postgres: PostgresPool
    let rules: AlertRules
    let desk: MeasureDesk
    let gate: TickGate
    let seal: AuditSeal

    public var consumer: ConsumerName { .monitor }
    public var refusedEvent: EventName { EventName(rawValue: "monitor.refused") }

    public func subject(of request: Tick) -> UserID? { nil }

    public func admit(_ job: Job<Tick>) async throws -> Admission {
        switch try await gate.answer(to: job.request, from: job.envelope.messageID, at: job.now) {
        case .notBefore(let time): .notBefore(time, because: .longDelay)
        case .refused(let reason): .refused(reason)
        case .go, .share, .repeated: .go
        }
    }

    public func work(_ job: Job<Tick>) async throws -> Work {
        // Asked again, as an admission cannot carry an answer: the claim is the same for ever.
        guard case .go = try await gate.answer(to: job.request, from: job.envelope.messageID, at: job.now) else {
            return .completed(Completion(effects: [], audit: [], followUps: [], needsConsent: false))
        }
        var answers = try await desk.look(rules.rules, at: job.now)
        try await seal.set(at: job.now, rules.rules, &answers)
        let current = try await AlertBook(postgres: postgres).current(resolvedWithin: memory, at: job.now)
        let changes = Round(rules: rules, now: job.now).changes(answers.samples, current: current)
        gauge(changes, current, answers)
        return .completed(completion(job, changes, answers))
    }

    /// Another changed an alert meanwhile (a person, repazoo-alert): the next attempt looks again.
    public func outcome(of error: any Error, at now: Date) -> Outcome? {
        guard let error = error as? PostgresError, error.sqlState == .serializationFailure else { return nil }
        return .failed(.database, retryAfter: .seconds(1))
    }

    /// How long what was resolved is remembered: as long as its cause may be found again.
    private var memory: Duration {
        rules.rules.filter { !$0.resolvesItself }.map(\.window).reduce(rules.reopenWithin, max) + .seconds(3600)
    }

    private func completion(_ job: Job<Tick>, _ changes: [Round.Change], _ answers: MeasureDesk.Answers) -> Completion {
        var followUps: [FollowUp] = []
        for change in changes {
            guard let kind = AlertNotice.kind(of: change.action) else { continue }
            let event = AlertNotice(kind, change.alert, rule: change.rule).event(
                cause: job.envelope.messageID, at: job.now)
            followUps.append(FollowUp(event, name: "\(event.event) \(change.alert.fingerprint)"))
        }
        let counts = Dictionary(grouping: changes, by: \.action).mapValues(\.count)
        let entry = AuditEntry(
            actor: consumer.program, userID: nil, action: "monitor", outcome: "done",
            detail: [
                "slot": .string(RFC3339.text(job.request.slot)), "opened": .integer(counts[.opened] ?? 0),
                "reopened": .integer(counts[.reopened] ?? 0), "resolved": .integer(counts[.resolved] ?? 0),
                "unknown": .array(answers.unknown.map { .string($0) }),
            ])
        return Completion(
            effects: changes.map(\.alert.storing) + answers.memory + [Housekeeping.tick(job.request, job.now)]
                + Housekeeping.statements,
            audit: [entry], followUps: followUps, needsConsent: false)
    }

    /// | metric | kind | labels |
    /// | --- | --- | --- |
    /// | `repazoo_alerts` | gauge: alerts that are not resolved, as of the last look of this process | severity |
    /// | `repazoo_rules_unknown` | gauge: rules that could not be measured | |
    private func gauge(_ changes: [Round.Change], _ current: [String: Alert], _ answers: MeasureDesk.Answers) {
        var alerts = current
        for change in changes { alerts[change.alert.fingerprint] = change.alert }
        for severity in AlertSeverity.allCases {
            let living = alerts.values.count { $0.severity == severity && $0.life.status != .resolved }
            Gauge(label: "repazoo_alerts", dimensions: [("severity", severity.rawValue)]).record(living)
        }
        Gauge(label: "repazoo_rules_unknown").record(answers.unknown.count)
    }
}
