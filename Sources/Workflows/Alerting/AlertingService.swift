import AMQP
import Alerts
import Bootstrap
import ConsumerRuntime
import Contracts
import FoundationEssentials
import HTTPTransport
import Logging
import Notifiers
import Postgres
import ServiceLifecycle

/// All that `repazoo-alert` does, side by side:
///
/// 1. dead letters into their table (`DeadLetterService`), and from there into alerts (`DeadLetterCounter`);
/// 2. events `alert.*` into outboxes (`AlertWorkflow`);
/// 3. outboxes to their channels (`NoticeSender`, one for each);
/// 4. a look around for what nobody else sees (`Watchman`).
struct AlertingService: Service {
    let clients: ProgramClients
    let rules: AlertRules
    /// What the notifiers send through; shut down with the service.
    let channels: HTTPClient
    let notifiers: [any Notifier]
    let watchEvery: Duration

    func run() async throws {
        let bell = Bell()
        let lettersBell = Bell()
        let outages = OutageWatch(notifiers: notifiers, logger: clients.logger)
        let onDependency: ProgramClients.DependencyObserver = { [clients] server, problem in
            outages.report(server, isAway: problem != nil, at: Date())
            clients.onDependency(server, problem)
        }
        let keeper = AlertKeeper(
            postgres: clients.postgres, rules: rules, channels: Set(notifiers.map(\.channel)), now: { Date() })
        tellOfChannels(keeper)
        let broadcaster = EventSender(clients.broker)

        try await withThrowingTaskGroup(of: Void.self) { group in
            let letters = DeadLetterService(
                broker: clients.broker, postgres: clients.postgres, grace: clients.settings.shutdownGrace,
                startupTimeout: clients.settings.startupTimeout, prefetch: clients.settings.concurrency,
                logger: clients.logger, onDependency: onDependency, onStored: { lettersBell.ring() })
            let events = consumer(keeper, bell, onDependency)
            let helpers = Task {
                await withTaskGroup(of: Void.self) { group in
                    for sender in senders(bell, broadcaster) { group.addTask { await sender.run() } }
                    let counter = DeadLetterCounter(
                        keeper: keeper, logger: clients.logger, bell: lettersBell, onPosted: { bell.ring() })
                    group.addTask { await counter.run() }
                    let watchman = Watchman(
                        keeper: keeper, outages: outages, pause: watchEvery, startedAt: Date(), logger: clients.logger,
                        onPosted: { bell.ring() })
                    group.addTask { await watchman.run() }
                }
            }
            // They end last: what the consumers have taken is counted and told by them.
            defer { helpers.cancel() }
            group.addTask { try await letters.run() }
            group.addTask { try await events.run() }
            try await group.waitForAll()
            helpers.cancel()
            await helpers.value
        }
        await broadcaster.close()
        await channels.shutdown()
    }

    private func consumer(
        _ keeper: AlertKeeper, _ bell: Bell, _ onDependency: @escaping ProgramClients.DependencyObserver
    ) -> ConsumerService<AlertWorkflow> {
        var settings = ConsumerSettings()
        settings.concurrency = clients.settings.concurrency
        settings.shutdownGrace = clients.settings.shutdownGrace
        settings.startupTimeout = clients.settings.startupTimeout
        return ConsumerService(
            workflow: AlertWorkflow(postgres: clients.postgres, keeper: keeper, onPosted: { bell.ring() }),
            broker: clients.broker, postgres: clients.postgres, dependencies: clients.dependencies,
            vitals: clients.vitals,
            settings: settings,
            logger: clients.logger, tracer: clients.tracer, onDependency: onDependency)
    }

    private func senders(_ bell: Bell, _ broadcaster: EventSender) -> [NoticeSender] {
        let process = MessageID.random().rawValue
        let people = notifiers.map { notifier in
            let others = AlertChannel.toPeople.filter { other in
                other != notifier.channel && notifiers.contains { $0.channel == other }
            }
            return NoticeSender(
                outbox: Outbox(postgres: clients.postgres, channel: notifier.channel, holder: process),
                send: { item in
                    guard let notice = AlertNotice(json: item.notice) else { return .nothingToTell }
                    return await notifier.send(notice, isRepeated: item.isRepeated)
                }, perMinute: rules.limits(of: notifier.channel).perMinute, others: others, logger: clients.logger,
                bell: bell)
        }
        let events = NoticeSender(
            outbox: Outbox(postgres: clients.postgres, channel: .events, holder: process),
            send: { await broadcaster.send($0) }, perMinute: rules.limits(of: .events).perMinute, others: [],
            logger: clients.logger, bell: bell)
        return people + [events]
    }

    private func tellOfChannels(_ keeper: AlertKeeper) {
        for severity in AlertSeverity.allCases {
            let own = Set(rules.routing[severity] ?? [])
            let used = rules.channels(for: severity, of: keeper.channels)
            if used.isEmpty {
                clients.logger.warning(
                    "nobody is told of alerts: set SMTP_URL, SLACK_WEBHOOK_URL or PAGERDUTY_ROUTING_KEY",
                    metadata: ["severity": "\(severity.rawValue)"])
            } else if own.isDisjoint(with: used) {
                clients.logger.warning(
                    "the channel of this severity is not set up; another one is used",
                    metadata: ["severity": "\(severity.rawValue)", "channel": "\(used[0].rawValue)"])
            }
        }
    }
}
