import Alerts
import Contracts
import FoundationEssentials
import Logging
import Metrics
import Notifiers
import Postgres

/// Sends what one channel's outbox holds, one after the other, for as long as it runs.
///
/// | metric | kind | labels |
/// | --- | --- | --- |
/// | `repazoo_notifications_total` | counter | channel, outcome: delivered, later, refused |
/// | `repazoo_notification_wait_seconds` | histogram: from posting to delivery | channel |
struct NoticeSender: Sendable {
    private static let idle = Duration.seconds(2)

    /// What became of an item.
    private struct End {
        var isDown: Bool
        /// The channel takes nothing before it.
        var restsUntil = ContinuousClock.now
    }

    let outbox: Outbox
    /// How it is sent.
    let send: @Sendable (Outbox.Item) async -> SendOutcome
    let perMinute: Int
    /// For what this channel refuses.
    let others: [AlertChannel]
    let logger: Logger
    let bell: Bell

    func run() async {
        var last = End(isDown: false)
        while !Task.isCancelled {
            do {
                guard let item = try await outbox.next() else {
                    // Not longer than the channel rests, or its rate would not be reached.
                    let rest = last.restsUntil - .now
                    await bell.wait(rest > .zero ? min(rest, Self.idle) : Self.idle)
                    continue
                }
                // Not cut short by a stop: what was begun is brought to an end, so that nothing is told twice.
                last = try await Task { [last] in try await settle(item, await send(item), wasDown: last.isDown) }.value
            } catch {
                // The database is away, which is told elsewhere; the row stays as it is.
                logger.debug("the outbox cannot be read", metadata: ["error": "\(error)"])
                await bell.wait(Self.idle)
            }
        }
        await outbox.letGo()
    }

    private func settle(_ item: Outbox.Item, _ delivery: SendOutcome, wasDown: Bool) async throws -> End {
        let pause = Duration.seconds(60) / max(1, perMinute)
        switch delivery {
        case .delivered:
            count("delivered")
            Timer(label: "repazoo_notification_wait_seconds", dimensions: [("channel", outbox.channel.rawValue)])
                .recordSeconds(max(0, Date().timeIntervalSince(item.createdAt)))
            try await outbox.settle(item, as: "sent", pause: pause)
            if wasDown { logger.notice("the channel takes notifications again", metadata: facts(item, nil)) }
            return End(isDown: false, restsUntil: .now + pause)
        case .nothingToTell:
            try await outbox.settle(item, as: "folded", pause: .zero)
            return End(isDown: wasDown)
        case .refused(let problem):
            count("refused")
            logger.error("a notification was refused; another channel gets it", metadata: facts(item, problem))
            try await outbox.handOver(item, to: others)
            try await outbox.settle(item, as: "refused", problem: problem, pause: pause)
            return End(isDown: wasDown, restsUntil: .now + pause)
        case .later(let wish, let problem):
            count("later")
            if !wasDown {
                logger.warning("the channel takes no notifications; they wait", metadata: facts(item, problem))
            }
            let rest = try await outbox.putBack(item, problem: problem, after: wish)
            return End(isDown: true, restsUntil: .now + rest)
        }
    }

    private func count(_ outcome: String) {
        Counter(
            label: "repazoo_notifications_total",
            dimensions: [("channel", outbox.channel.rawValue), ("outcome", outcome)]
        ).increment()
    }

    private func facts(_ item: Outbox.Item, _ problem: String?) -> Logger.Metadata {
        var facts: Logger.Metadata = ["channel": "\(outbox.channel.rawValue)", "kind": "\(item.kind)"]
        if let id = item.alertID { facts["alert"] = "\(id)" }
        if let problem { facts["problem"] = "\(problem)" }
        return facts
    }
}
