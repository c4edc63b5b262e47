import AMQP
import Contracts
import FoundationEssentials
import Logging
import Metrics
import Postgres

/// Stores one dead letter after the other. Each is acknowledged only once it is committed, and held while that cannot
/// be.
struct DeadLetterKeeper: Sendable {
    let table: DeadLetterTable
    let gate: StorageGate
    let logger: Logger
    let now: @Sendable () -> Date
    let onStored: @Sendable () -> Void
    /// Hears that the database stopped taking letters (why), and that it takes them again (nil).
    let onStorage: @Sendable (_ problem: String?) -> Void

    private static let longestPause = 5000

    func keep(_ delivery: Delivery, from consumer: ConsumerName) async -> Settlement {
        // Read once: an unknown time of death must stay the same from one attempt to the next.
        let letter = DeadLetter(delivery.properties, body: delivery.body, diedIn: consumer, receivedAt: now())
        var failures = 0
        while await gate.wait() {
            do {
                let entry = try await table.store(letter)
                record(letter, entry)
                return .acknowledge
            } catch {
                failures += 1
                holdUp(error)
                try? await Task.sleep(for: .milliseconds(min(100 * failures, Self.longestPause)))
            }
        }
        return .abandon
    }

    /// | metric | kind | labels |
    /// | --- | --- | --- |
    /// | `repazoo_dead_letters_total` | counter: dead letters stored | queue, reason |
    private func record(_ letter: DeadLetter, _ entry: DeadLetterTable.Entry) {
        var facts: Logger.Metadata = [
            "queue": "\(letter.queue)", "reason": "\(letter.reason)", "replayable": "\(letter.isReplayable)",
        ]
        if let id = letter.messageID { facts["message_id"] = "\(id)" }
        if let code = letter.code { facts["code"] = "\(code)" }
        guard entry == .added else { return logger.debug("dead letter known already", metadata: facts) }
        Counter(
            label: "repazoo_dead_letters_total",
            dimensions: [("queue", letter.queue.rawValue), ("reason", letter.reason.rawValue)]
        ).increment()
        logger.notice("dead letter stored", metadata: facts)
        onStored()
    }

    /// Shuts the gate for all queues; the first one here asks the database until it answers.
    private func holdUp(_ error: any Error) {
        guard gate.shut() else { return }
        let isOutage = (error as? PostgresError)?.isRetryable ?? false
        logger.log(
            level: isOutage ? .debug : .error, "the database takes no dead letters; they wait in their queues",
            metadata: ["error": "\(error)"])
        onStorage("\(error)")
        Task {
            var pause = 100
            while !gate.isClosed {
                try? await Task.sleep(for: .milliseconds(pause))
                do {
                    try await table.probe()
                    onStorage(nil)
                    return gate.open()
                } catch { pause = min(pause * 2, Self.longestPause) }
            }
        }
    }
}
