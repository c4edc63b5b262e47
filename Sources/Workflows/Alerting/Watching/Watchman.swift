import Alerts
import FoundationEssentials
import Logging
import Postgres

/// Looks at what the monitor cannot: whether the monitor itself is alive, whether a server of this program is away for long, and
/// whether a breach clock is to be reminded of.
struct Watchman: Sendable {
    let keeper: AlertKeeper
    let outages: OutageWatch
    let pause: Duration
    let startedAt: Date
    let logger: Logger
    let onPosted: @Sendable () -> Void

    func run() async {
        while !Task.isCancelled {
            await look()
            try? await Task.sleep(for: pause)
        }
    }

    func look() async {
        let isThere = await databaseAnswers()
        outages.report("postgres", isAway: !isThere, at: keeper.now())
        await outages.look(keeper)
        guard isThere else { return }
        do {
            if let rule = keeper.rules.rules(of: .monitorSilence).first {
                let silence = try await silence()
                try await keeper.see(
                    AlertKeeper.Sighting(
                        rule: rule, subject: nil, sight: rule.sight(of: silence), value: silence.rounded()))
            }
            _ = try await keeper.remind()
            onPosted()
        } catch { logger.debug("cannot look around now", metadata: ["error": "\(error)"]) }
    }

    /// It is not asked when it is known to be away: the answer would take as long as a request may wait for a connection.
    private func databaseAnswers() async -> Bool {
        guard keeper.postgres.isReachable else { return false }
        return (try? await keeper.postgres.query(SQL("select 1").named("watch"))) != nil
    }

    /// Seconds since a tick was worked. Before the first one ever, since this program's start.
    private func silence() async throws -> Double {
        let row = try await keeper.postgres.query(
            SQL("select max(at) as at from monitor_state where name = 'tick'").named("monitor_silence")
        )[0]
        let last = try row.decode(Date?.self, "at")
        // Ticks may have been missing before this program was there to see it: it gives the monitor its time from its own start.
        return keeper.now().timeIntervalSince(max(last ?? .distantPast, startedAt))
    }
}
