import AMQP
import Contracts
import Postgres

/// Follows a request through its receipts, and the analysis that follows an ingestion through its own, telling each change.
struct WorkFollower {
    let postgres: PostgresPool
    let broker: AMQPConfiguration
    let tell: @Sendable (String) -> Void
    var pollInterval = Duration.milliseconds(200)

    func follow(
        _ message: MessageID, by consumer: ConsumerName, for user: UserID, within limit: Duration
    ) async throws -> WorkEnd {
        let deadline = ContinuousClock.now.advanced(by: limit)
        var (message, consumer) = (message, consumer)
        var isFollowUp = false
        while true {
            guard let receipt = try await receipt(of: message, consumer, user, until: deadline) else {
                let dead = await QueueLook.state(of: consumer.deadQueue, on: broker)?.messages ?? 0
                return .timedOut(waitingFor: consumer, deadLetters: dead, limit: limit)
            }
            if let reason = receipt.refusal {
                // Who asked for an ingestion that brought nothing new has got what there is.
                guard isFollowUp, reason == RefusalReason.nothingToAnalyze.rawValue else {
                    return .refused(reason: reason, by: consumer)
                }
                tell("\(consumer): nothing new to analyze")
                return .done
            }
            for event in receipt.events { tell(Self.words(event)) }
            guard let next = receipt.next(after: message) else { return .done }
            (message, consumer) = next
            isFollowUp = true
        }
    }

    /// Nil when time is up.
    private func receipt(
        of message: MessageID, _ consumer: ConsumerName, _ user: UserID, until deadline: ContinuousClock.Instant
    ) async throws -> WorkReceipt? {
        var lines = ChangingLine()
        var turn = 0
        while true {
            if let receipt = try await WorkReceipt.find(message, by: consumer, in: postgres) { return receipt }
            guard .now < deadline else { return nil }
            // Looking into a queue costs a connection: once a second will do.
            if turn % 5 == 0 { lines.show(try await state(consumer, user), tell) }
            turn += 1
            try await Task.sleep(for: min(pollInterval, ContinuousClock.now.duration(to: deadline)))
        }
    }

    private func state(_ consumer: ConsumerName, _ user: UserID) async throws -> String {
        guard let queue = await QueueLook.state(of: consumer.queue, on: broker) else {
            return "\(consumer): \(consumer.queue) cannot be looked at"
        }
        if queue.consumers == 0 {
            return "\(consumer): waiting in \(consumer.queue); start \(consumer.program), nobody consumes it"
        }
        if queue.messages > 0 {
            return "\(consumer): waiting in \(consumer.queue), \(Plain.count(queue.messages, "message")) there"
        }
        guard consumer == .ingest else { return "\(consumer): being worked on, or put off" }
        let stored = try await postgres.query(
            "select count(*) as n from twitter_data where user_id = \(user.rawValue) and deleted_at is null")[0]
        return
            "\(consumer): being worked on, or put off; \(Plain.count(try stored.decode(Int.self, "n"), "tweet")) stored"
    }

    /// `ingest.completed: stored 120`; counts and codes only, by the contract of events.
    static func words(_ event: Event) -> String {
        let detail = event.detail.sorted { $0.key < $1.key }.compactMap { name, value -> String? in
            switch value {
            case .integer(let number): "\(name) \(number)"
            case .number(let number): "\(name) \(Plain.fixed(number, digits: 2))"
            case .string(let text): "\(name) \(text)"
            case .boolean(let flag): "\(name) \(flag)"
            case .null, .array, .object: nil
            }
        }
        return event.event.rawValue + (detail.isEmpty ? "" : ": " + detail.joined(separator: ", "))
    }
}

/// Shows a line only when it says something new.
struct ChangingLine {
    private var last: String?

    mutating func show(_ line: String, _ tell: (String) -> Void) {
        guard line != last else { return }
        last = line
        tell(line)
    }
}
