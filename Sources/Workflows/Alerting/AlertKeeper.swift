import Alerts
import Contracts
import FoundationEssentials
import Postgres

/// Opens, counts and ends alerts in the name of this program, and posts what is to be told, in one transaction.
struct AlertKeeper: Sendable {
    let postgres: PostgresPool
    let rules: AlertRules
    /// The channels that are set up.
    let channels: Set<AlertChannel>
    let now: @Sendable () -> Date

    /// What was seen of a rule and subject.
    struct Sighting: Sendable {
        var rule: AlertRule
        var subject: String?
        var sight: AlertLife.Sight
        var value: Double?
        var detail: [String: JSONValue] = [:]
    }

    /// Returns when it is committed. Another that changes the same alert at the same time is waited for.
    @discardableResult
    func see(_ sighting: Sighting) async throws -> AlertLife.Action {
        try await retrying {
            try await postgres.transaction { try await see(sighting, in: $0).action }
        }
    }

    /// The id of the alert; nil when there is none and nothing to open.
    func see(
        _ sighting: Sighting, in transaction: PostgresTransaction
    ) async throws -> (action: AlertLife.Action, id: String?) {
        let time = now()
        let fingerprint = Alert.fingerprint(rule: sighting.rule.name, subject: sighting.subject)
        if var alert = try await AlertBook.locked(fingerprint, in: transaction),
            alert.life.status != .resolved || alert.mayReopen(at: time, rules.reopenWithin)
        {
            let before = alert
            let action = alert.see(
                sighting.sight, value: sighting.value, rule: sighting.rule, at: time, reopenWithin: rules.reopenWithin)
            if alert != before { try await transaction.batch([alert.storing] + posts(action, alert, sighting.rule)) }
            return (action, alert.id)
        }
        guard case .firing(let times) = sighting.sight, times > 0 else { return (.nothing, nil) }
        let alert = Alert(
            rule: sighting.rule, subject: sighting.subject, value: sighting.value, times: times,
            detail: sighting.detail,
            at: time)
        try await transaction.batch([alert.storing] + posts(.opened, alert, sighting.rule))
        return (.opened, alert.id)
    }

    /// Reminds of the breach clocks that are due. Returns how many.
    func remind() async throws -> Int {
        let ids = try await postgres.query(
            "select id from alerts where status <> 'resolved' and aware_at is not null order by aware_at limit 1000"
        ).map { try $0.decode(String.self, "id") }
        var count = 0
        for id in ids {
            guard var alert = try await AlertBook(postgres: postgres).alert(id: id) else { continue }
            let before = alert
            let number = alert.remind(at: now())
            guard alert != before else { continue }
            var statements = [alert.storing]
            if let number {
                count += 1
                statements += posts(AlertNotice(.reminder, alert, rule: rules[alert.rule], number: number))
            }
            do { try await postgres.atomically(statements) } catch let error as PostgresError where Self.isRace(error) {
            }
        }
        return count
    }

    // MARK: Posting

    func posts(_ action: AlertLife.Action, _ alert: Alert, _ rule: AlertRule?) -> [SQL] {
        AlertNotice.kind(of: action).map { posts(AlertNotice($0, alert, rule: rule)) } ?? []
    }

    /// To people, and to the broker's listeners.
    func posts(_ notice: AlertNotice) -> [SQL] { postsToPeople(notice) + notice.posting(to: [.events]) { _ in .zero } }

    func postsToPeople(_ notice: AlertNotice) -> [SQL] {
        notice.posting(to: rules.channels(for: notice.severity, of: channels)) { rules.limits(of: $0).quiet }
    }

    // MARK: Races

    /// Another process changed the alert between our reading and our writing.
    static func isRace(_ error: PostgresError) -> Bool { error.sqlState == .serializationFailure }

    private func retrying<Result>(_ body: () async throws -> Result) async throws -> Result {
        for _ in 0..<5 {
            do { return try await body() } catch let error as PostgresError where Self.isRace(error) {}
        }
        return try await body()
    }
}

extension Alert {
    func mayReopen(at now: Date, _ time: Duration) -> Bool {
        life.mayReopen(at: now, AlertLife.Policy(reopenWithin: time))
    }
}
