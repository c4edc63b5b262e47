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
        let start = try await postgres.query("select (now() - interval '5 seconds')::text as start")[0]
        let since = try start.decode(String.self, "start")
        while true {
            let receipt: WorkReceipt
            switch try await end(of: message, consumer, user, since: since, until: deadline) {
            case .finished(let found): receipt = found
            case .died(let end): return end
            case nil:
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

    private enum End {
        case finished(WorkReceipt)
        case died(WorkEnd)
    }

    /// Nil when time is up.
    private func end(
        of message: MessageID, _ consumer: ConsumerName, _ user: UserID, since: String,
        until deadline: ContinuousClock.Instant
    ) async throws -> End? {
        var lines = ChangingLine()
        var turn = 0
        while true {
            if let receipt = try await WorkReceipt.find(message, by: consumer, in: postgres) {
                return .finished(receipt)
            }
            if let death = try await death(of: message, consumer, since: since) { return .died(death) }
            guard .now < deadline else { return nil }
            // Looking into a queue costs a connection: once a second will do.
            if turn % 5 == 0 { lines.show(try await state(consumer, user), tell) }
            turn += 1
            try await Task.sleep(for: min(pollInterval, ContinuousClock.now.duration(to: deadline)))
        }
    }

    /// Told by `repazoo-alert`; a death from before we began to look is somebody else's.
    private func death(of message: MessageID, _ consumer: ConsumerName, since: String) async throws -> WorkEnd? {
        let row = try await postgres.query(
            """
            select id, reason, code from dead_letters
            where queue = \(consumer.queue.rawValue) and message_id = \(message.rawValue) and status = 'new'
              and died_at >= \(since)::timestamptz
            """
        ).first
        guard let row else { return nil }
        return .dead(
            reason: try row.decode(String.self, "reason"), code: try row.decode(String?.self, "code"),
            letter: try row.decode(String.self, "id"), by: consumer)
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
