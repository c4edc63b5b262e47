import Alerts
import AuditTrail
import ConsumerRuntime
import Contracts
import FoundationEssentials
import Postgres

/// Takes the events `alert.*`: sees to it that whoever is to be told is told, and opens alerts that others have raised.
///
/// An event about an alert that is stored (the monitor's, our own) only posts its notices; posting is once for each episode and kind,
/// so it does not matter how often the event comes. One that names a rule and no alert opens it: see `ForeignAlert`.
struct AlertWorkflow: Workflow {
    typealias Request = Event

    let postgres: PostgresPool
    let keeper: AlertKeeper
    /// Wakes those who send.
    let onPosted: @Sendable () -> Void

    var consumer: ConsumerName { .alert }
    /// Never published: nothing here is refused.
    var refusedEvent: EventName { EventName(rawValue: "alert.refused") }

    func subject(of request: Event) -> UserID? { nil }

    func admit(_ job: Job<Event>) async throws -> Admission { .go }

    func work(_ job: Job<Event>) async throws -> Work {
        defer { onPosted() }
        let book = AlertBook(postgres: postgres)
        if let told = AlertNotice(json: job.request.detail), let alert = try await book.alert(id: told.alertID) {
            return .completed(Completion(effects: posts(told, alert), audit: [], followUps: []))
        }
        guard let foreign = ForeignAlert(job.request) else {
            // About an alert that is gone, or about nothing: there is nobody to tell of what.
            job.logger.notice("an event about no alert", metadata: ["event": "\(job.request.event)"])
            return .completed(Completion(effects: [], audit: [], followUps: []))
        }
        return .completed(try await completion(for: foreign, book, job))
    }

    /// Another changed the alert meanwhile: the next attempt sees what it is now.
    func outcome(of error: any Error, at now: Date) -> Outcome? {
        guard let error = error as? PostgresError, AlertKeeper.isRace(error) else { return nil }
        return .failed(.database, retryAfter: .seconds(1))
    }

    /// Kind, episode and number as they were told; everything else as it is stored, since anybody may publish an event.
    private func posts(_ told: AlertNotice, _ alert: Alert) -> [SQL] {
        guard told.episode >= 1, told.episode <= alert.life.episode else { return [] }
        var notice = AlertNotice(told.kind, alert, rule: keeper.rules[alert.rule], number: max(0, told.number))
        notice.episode = told.episode
        return keeper.postsToPeople(notice)
    }

    private func completion(
        for foreign: ForeignAlert, _ book: AlertBook, _ job: Job<Event>
    ) async throws -> Completion {
        let rule = keeper.rules[foreign.rule] ?? .foreign(foreign.rule, foreign.severity)
        let subject = try await foreign.boundedSubject(postgres)
        let known = try await book.alert(fingerprint: Alert.fingerprint(rule: rule.name, subject: subject))
        var alert: Alert
        let action: AlertLife.Action
        if var found = known, found.life.status != .resolved || found.mayReopen(at: job.now, keeper.rules.reopenWithin)
        {
            action =
                foreign.isOver
                ? found.resolve(by: "the program that raised it", note: nil, at: job.now)
                : found.see(
                    .firing(times: 1), value: nil, rule: rule, at: job.now, reopenWithin: keeper.rules.reopenWithin)
            alert = found
        } else if foreign.isOver {
            return Completion(effects: [], audit: [], followUps: [])
        } else {
            alert = Alert(
                rule: rule, subject: subject, userID: foreign.userID, detail: foreign.detail, at: job.now)
            action = .opened
        }
        let notice = AlertNotice.kind(of: action).map { AlertNotice($0, alert, rule: rule) }
        let audit = notice.map { notice in
            AuditEntry(
                actor: consumer.program, userID: nil, action: "alert.\(notice.kind.rawValue)", outcome: "done",
                detail: ["alert_id": .string(alert.id), "rule": .string(alert.rule)])
        }
        return Completion(
            effects: [alert.storing] + (notice.map(keeper.postsToPeople) ?? []), audit: audit.map { [$0] } ?? [],
            followUps: [])
    }
}
