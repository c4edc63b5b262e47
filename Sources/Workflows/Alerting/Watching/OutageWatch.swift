import Alerts
import Contracts
import FoundationEssentials
import Logging
import Notifiers
import Postgres
import Synchronization

/// Tells of servers that stay away, also of the one that the outboxes lie in: while PostgreSQL is away, notices go straight to the
/// channels, and the alert is stored once it is back.
///
/// Each copy of the program does this for itself: PagerDuty makes one incident of them, mail and Slack may hear it once a copy.
final class OutageWatch: Sendable {
    private struct Told: Sendable {
        var alert: Alert
        var channels: [AlertChannel]
    }

    private struct State {
        var alarms: [String: OutageAlarm] = [:]
        /// Told straight, and not stored yet.
        var told: [String: Told] = [:]
    }

    private let state = Mutex(State())
    private let notifiers: [any Notifier]
    private let logger: Logger

    init(notifiers: [any Notifier], logger: Logger) {
        self.notifiers = notifiers
        self.logger = logger
    }

    /// What `ProgramClients.onDependency` hears.
    func report(_ server: String, isAway: Bool, at now: Date) {
        state.withLock { $0.alarms[server, default: OutageAlarm()].report(isAway: isAway, at: now) }
    }

    func look(_ keeper: AlertKeeper) async {
        guard let rule = keeper.rules.rules(of: .outage).first else { return }
        let now = keeper.now()
        let actions = state.withLock { state in
            state.alarms.keys.sorted().map { ($0, state.alarms[$0]?.look(at: now, limit: rule.threshold) ?? .nothing) }
        }
        for (server, action) in actions {
            switch action {
            case .nothing: break
            case .tell(let since): await tell(server, since, rule, keeper)
            case .tellOver: await tellOver(server, rule, keeper)
            }
        }
        await storeTold(rule, keeper)
    }

    private func tell(_ server: String, _ since: Date, _ rule: AlertRule, _ keeper: AlertKeeper) async {
        let away = keeper.now().timeIntervalSince(since).rounded()
        var isStored = false
        if keeper.postgres.isReachable {
            let sighting = AlertKeeper.Sighting(rule: rule, subject: server, sight: .firing(times: 1), value: away)
            isStored = (try? await keeper.see(sighting)) != nil
        }
        if isStored { return state.withLock { $0.alarms[server]?.told() } }

        var told =
            state.withLock { $0.told[server] }
            ?? Told(alert: Alert(rule: rule, subject: server, value: away, at: keeper.now()), channels: [])
        let wanted = keeper.rules.channels(for: rule.severity, of: keeper.channels)
        for notifier in notifiers where wanted.contains(notifier.channel) && !told.channels.contains(notifier.channel) {
            let delivery = await notifier.send(AlertNotice(.opened, told.alert, rule: rule), isRepeated: false)
            if delivery == .delivered { told.channels.append(notifier.channel) }
            logger.warning(
                "told of an outage without the database",
                metadata: ["server": "\(server)", "channel": "\(notifier.channel.rawValue)", "outcome": "\(delivery)"])
        }
        state.withLock { [told] state in
            state.told[server] = told
            if Set(told.channels) == Set(wanted) { state.alarms[server]?.told() }
        }
    }

    private func tellOver(_ server: String, _ rule: AlertRule, _ keeper: AlertKeeper) async {
        await storeTold(rule, keeper)
        guard keeper.postgres.isReachable else { return }
        do {
            try await keeper.see(AlertKeeper.Sighting(rule: rule, subject: server, sight: .calm, value: 0))
            state.withLock { $0.alarms[server]?.toldOver() }
        } catch { logger.debug("the end of an outage cannot be stored yet", metadata: ["server": "\(server)"]) }
    }

    /// Alerts that were told while the database was away, with those channels marked that know.
    private func storeTold(_ rule: AlertRule, _ keeper: AlertKeeper) async {
        guard keeper.postgres.isReachable else { return }
        for (server, told) in state.withLock({ $0.told }) {
            do {
                let known = try await AlertBook(postgres: keeper.postgres).alert(fingerprint: told.alert.fingerprint)
                if known == nil || known?.life.status == .resolved {
                    let notice = AlertNotice(.opened, told.alert, rule: rule)
                    let marks = told.channels.map { channel -> SQL in
                        """
                        update alert_outbox set status = 'sent', attempts = 1, settled_at = now()
                        where alert_id = \(told.alert.id) and channel = \(channel)
                        """
                    }
                    try await keeper.postgres.atomically([told.alert.storing] + keeper.posts(notice) + marks)
                }
                state.withLock { _ = $0.told.removeValue(forKey: server) }
            } catch { logger.debug("an alert cannot be stored yet", metadata: ["server": "\(server)"]) }
        }
    }
}
