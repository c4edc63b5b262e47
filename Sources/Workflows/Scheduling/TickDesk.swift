import AMQP
import Contracts
import FoundationEssentials
import Logging
import Postgres
import Tracing

/// A leader's turn: what is due is recorded, what is recorded is published.
///
/// 1. Slots that have come are recorded in one transaction each, which checks the term.
/// 2. After the commit their ticks are published with confirms, and those that an earlier leader left.
/// 3. Only then a slot is settled. A crash between 2 and 3 publishes a tick again, under the same id.
struct TickDesk: Sendable {
    enum Turn: Equatable, Sendable {
        /// Everything due is published. The next slot comes after this time.
        case done(next: Duration?)
        /// Something could not be published: to be tried again.
        case incomplete
        /// Another leads, or may lead.
        case deposed
    }

    let book: ScheduleBook
    let slots: SlotTable
    let publisher: AMQPPublisher
    let program: String
    let metrics: SchedulerMetrics
    /// Nil when nothing is traced.
    let tracer: (any Tracer)?
    let logger: Logger
    /// A broker that is well confirms in milliseconds.
    private static let patience = Duration.seconds(2)

    /// Schedules whose tick could not be published: told once, until it can.
    private var troubled: Set<String> = []

    init(
        book: ScheduleBook, slots: SlotTable, publisher: AMQPPublisher, program: String, metrics: SchedulerMetrics,
        tracer: (any Tracer)?, logger: Logger
    ) {
        self.book = book
        self.slots = slots
        self.publisher = publisher
        self.program = program
        self.metrics = metrics
        self.tracer = tracer
        self.logger = logger
    }

    /// Publishes nothing from `trustedUntil` on.
    mutating func turn(_ term: Int, until trustedUntil: ContinuousClock.Instant) async throws -> Turn {
        var (now, states) = try await slots.look()
        if !book.isKnown(to: states) {
            try await slots.register(book)
            (now, states) = try await slots.look()
        }
        let due = DueSlots(book, states, now: now)
        for slot in due.slots {
            switch try await slots.record(slot, term: term) {
            case .recorded:
                logger.info(
                    "slot recorded", metadata: facts(slot, ["missed_earlier": "\(due.behind.contains(slot.schedule))"]))
            case .known: break
            case .deposed: return .deposed
            }
        }
        var isComplete = true
        for slot in try await slots.open() {
            // The transaction above may have been long ago for a process that was stopped in between.
            let left = ContinuousClock.now.duration(to: trustedUntil)
            guard left > .zero else { return .deposed }
            switch await publish(slot, now: now, patience: min(left, Self.patience)) {
            case .done: break
            case .refused: isComplete = false
            // The lease must be renewed meanwhile, or leaders would take turns for as long as the broker is away.
            case .brokerIsAway: return .incomplete
            }
        }
        guard isComplete else { return .incomplete }
        return .done(next: due.next.map { .seconds(max(0, $0.timeIntervalSince(now))) })
    }

    private enum Publishing { case done, refused, brokerIsAway }

    private mutating func publish(_ slot: Slot, now: Date, patience: Duration) async -> Publishing {
        let trace = TickTrace(slot, tracer)
        do {
            try await publisher.publish(
                TickPost.publication(
                    slot.tick, to: slot.routingKey, from: program, at: now, headers: trace?.headers ?? [:]),
                patience: patience)
            trace?.end()
            try await slots.settle(slot)
        } catch {
            trace?.fail(error)
            let refusal = error as? AMQPError
            if troubled.insert(slot.schedule).inserted {
                let advice = refusal?.kind == .unroutable ? "run `repazoo topology apply`" : "it is tried again"
                logger.warning(
                    "a tick could not be published",
                    metadata: facts(slot, ["error": "\(error)", "advice": "\(advice)"]))
            }
            return refusal?.isRetryable == true ? .brokerIsAway : .refused
        }
        troubled.remove(slot.schedule)
        metrics.published(slot, at: now)
        logger.info("tick published", metadata: facts(slot, ["message_id": "\(slot.tick.messageID)"]))
        return .done
    }

    private func facts(_ slot: Slot, _ more: Logger.Metadata) -> Logger.Metadata {
        more.merging(["schedule": "\(slot.schedule)", "slot": "\(RFC3339.text(slot.time))"]) { $1 }
    }
}
