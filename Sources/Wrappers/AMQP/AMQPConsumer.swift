import CRabbitMQ
import EventLoop

/// Consumes one queue over a connection of its own that it restores by itself.
///
/// Each delivery is handed to `handler` in a task that prefers the loop, so a handler that does not suspend costs no change
/// of thread. At most `prefetch` are in flight. What the handler returns settles the delivery; after a lost connection the
/// broker delivers again whatever was not settled, and late settlements are dropped. Acknowledgements are gathered and sent
/// when a good part of the prefetch is done, or two milliseconds after the last ones: the first of a quiet time at once.
public actor AMQPConsumer {
    public typealias Handler = @Sendable (Delivery) async -> Settlement

    public enum Availability: Sendable {
        case up
        case down(AMQPError)
    }

    private static let gathering = Duration.milliseconds(2)

    private enum State { case idle, connecting, consuming, stopping, stopped }

    private let configuration: AMQPConfiguration
    public nonisolated var unownedExecutor: UnownedSerialExecutor { configuration.loop.asUnownedSerialExecutor() }
    let queue: String
    let prefetch: Int
    private let ackThreshold: Int
    private let handler: Handler
    private let onAvailabilityChange: @Sendable (Availability) -> Void
    private let connector: Connector
    private var delay = ReconnectDelay()
    private var connectedAt = EventLoop.Instant.now
    private var state = State.idle
    var intake: IntakeControl
    private(set) var channel: BrokerChannel?
    private var ledger = AckLedger()
    /// Counts connections: a settlement for an earlier one is void.
    private var generation = 0
    private var running = 0
    private var idleWaiters: [UnsafeContinuation<Void, Never>] = []
    private var flushIsDue = false
    private var flushedAt = EventLoop.Instant.now
    private var lateFlush: TimerToken?
    private var isDown = false
    private lazy var flusher = Flusher { [weak self] in self?.assumeIsolated { $0.flushAcks(atEndOfTurn: true) } }

    /// Nothing is connected before `start`. `prefetch` is 1…65535.
    public init(
        _ configuration: AMQPConfiguration, queue: String, prefetch: Int,
        onAvailabilityChange: @escaping @Sendable (Availability) -> Void = { _ in }, handler: @escaping Handler
    ) {
        self.configuration = configuration
        self.queue = queue
        self.prefetch = min(max(prefetch, 1), 65535)
        // The broker's cost is by acknowledgement: of 500 in flight, 125 at once cost it a fifth less than 50 at once.
        ackThreshold = min(max(self.prefetch / 2, 1), max(50, self.prefetch / 4))
        intake = IntakeControl(limit: self.prefetch)
        self.handler = handler
        self.onAvailabilityChange = onAvailabilityChange
        connector = Connector(configuration: configuration)
    }

    /// Connects and returns when the first messages may flow; throws what the last attempt said when `patience` is over, and
    /// `closed` when stopped meanwhile or started before. After a failure it may be called again.
    public func start(patience: Duration) async throws {
        let deadline = EventLoop.Instant.now.advanced(by: patience)
        guard state == .idle else { throw AMQPError(.closed, "the consumer was started before, or stopped") }
        state = .connecting
        while true {
            do throws(AMQPError) { return try await connect() } catch {
                guard state == .connecting else { throw AMQPError(.closed, "the consumer was stopped") }
                guard error.isRetryable, .now < deadline, !Task.isCancelled else {
                    state = .idle
                    throw error
                }
                await configuration.loop.pause(for: delay.next())
            }
        }
    }

    /// Deliveries in the hands of the handler.
    public var inFlight: Int { running }

    /// Changes what is taken; those in flight are finished and settled either way. Until the first call: all;
    /// once it stops, nothing, whatever is said.
    public func allow(_ intake: Intake) {
        guard state != .stopping, state != .stopped else { return }
        self.intake.allowed = intake
        applyIntake()
    }

    /// The same, with `intake` asked on this consumer's own thread: of several calls the last one asks last.
    public func allow(_ intake: @Sendable () -> Intake) { allow(intake()) }

    /// Takes no more messages, waits until those in flight are settled or `grace` is over, and closes. Whatever is unsettled
    /// then goes back to the queue. Returns the number of handlers still running.
    @discardableResult
    public func stop(grace: Duration) async -> Int {
        guard state != .stopped, state != .stopping else { return running }
        allow(.none)
        state = .stopping
        await waitUntilIdle(grace)
        flushAcks(atEndOfTurn: false)
        state = .stopped
        generation += 1
        if let channel {
            self.channel = nil
            await withUnsafeContinuation { continuation in channel.close { continuation.resume() } }
        }
        return running
    }

    // MARK: Deliveries

    private func handle(_ event: BrokerChannel.Event) {
        switch event {
        case .delivery(let delivery): take(delivery)
        case .consumerCancelled: lost(AMQPError(.connectionLost, "the broker ended the consumer: is the queue gone?"))
        case .closed(let error): lost(error)
        case .returned, .confirmed, .blocked, .unblocked: break
        }
    }

    private func take(_ delivery: Delivery) {
        guard ledger.delivered(delivery.tag) else {
            channel?.abort(AMQPError(.protocolViolation, "delivery tags of a channel count from 1 without gaps"))
            return
        }
        // A consumer told to stop keeps what arrives meanwhile unsettled: closing gives it back. While connecting, messages may
        // follow the broker's answer before `connect` has gone on.
        guard state == .consuming || state == .connecting else { return }
        intake.arrived(delivery)
        runWhatMay()
    }

    private func runWhatMay() {
        guard state == .consuming || state == .connecting else { return }
        while let delivery = intake.next(running: running) {
            // Everything else is settled before, also in the eyes of the broker: what a crash returns then is the suspect alone.
            if intake.isSuspect(delivery.tag) { flushAcks(atEndOfTurn: false) }
            running += 1
            let generation = generation
            Task(executorPreference: configuration.loop) { [handler, consumer = self] in
                let settlement = await handler(delivery)
                await consumer.settle(delivery.tag, settlement, generation)
            }
        }
        applyIntake()
    }

    private func settle(_ tag: UInt64, _ settlement: Settlement, _ generation: Int) {
        running -= 1
        if running == 0 { endWaiting() }
        guard generation == self.generation, let channel else { return runWhatMay() }
        intake.settled(tag)
        defer { runWhatMay() }
        switch settlement {
        case .acknowledge:
            guard ledger.finish(tag) else { return }
            if ledger.waiting >= ackThreshold { flushAcks(atEndOfTurn: false) } else { requestFlush() }
        case .requeue, .reject:
            guard ledger.told(tag) else { return }
            channel.refuse(tag, requeue: settlement == .requeue)
        case .abandon: break
        }
    }

    /// While stopping, too: a subscription that was unanswered when the stop came is cancelled now.
    func applyIntake() {
        guard state == .consuming || state == .stopping, let channel else { return }
        for change in intake.changes(running: running) { send(change, on: channel) }
    }

    private func requestFlush() {
        guard !flushIsDue else { return }
        flushIsDue = true
        configuration.loop.flushBeforeSleep(flusher)
    }

    /// The broker's cost is by acknowledgement, not by message: below the threshold they go out every two milliseconds at most. A wake-up
    /// that finds three messages and finishes them would otherwise send one for three.
    private func flushAcks(atEndOfTurn: Bool) {
        if atEndOfTurn { flushIsDue = false }
        guard let channel, ledger.waiting > 0 else { return }
        if atEndOfTurn, ledger.waiting < ackThreshold {
            guard lateFlush == nil else { return }
            let patience = Self.gathering - flushedAt.duration(to: .now)
            if patience > .zero { return flush(after: patience) }
        }
        flushedAt = .now
        for ack in ledger.flush() { channel.acknowledge(ack) }
    }

    private func flush(after patience: Duration) {
        lateFlush = configuration.loop.schedule(after: patience) { [weak self] in
            self?.assumeIsolated {
                $0.lateFlush = nil
                $0.flushAcks(atEndOfTurn: false)
            }
        }
    }

    // MARK: The connection

    /// Leaves nothing behind when it throws. In the state `connecting` only.
    private func connect() async throws(AMQPError) {
        let socket = try await connector.open()
        guard state == .connecting else { throw stoppedMeanwhile() }
        generation += 1
        ledger = AckLedger()
        let channel = BrokerChannel(socket: socket, configuration: configuration) { [weak self] event in
            self?.assumeIsolated { $0.handle(event) }
        }
        self.channel = channel
        do throws(AMQPError) { try await open(channel) } catch {
            channel.drop()
            if self.channel === channel { self.channel = nil }
            throw error
        }
    }

    private func open(_ channel: BrokerChannel) async throws(AMQPError) {
        try await channel.ask(AMQP_CHANNEL_OPEN_METHOD, [AMQP_CHANNEL_OPEN_OK_METHOD]) { _ in amqp_channel_open_t() }
        intake.connected()
        for change in intake.changes(running: running) { try await carryOut(change, on: channel) }
        intake.subscribed()
        guard state == .connecting else { throw stoppedMeanwhile() }
        // The answer was good, but the connection may have ended before this task had its turn.
        guard channel.isOpen else { throw AMQPError(.connectionLost, "the connection ended at once") }
        state = .consuming
        connectedAt = .now
        isDown = false
        onAvailabilityChange(.up)
        runWhatMay()
    }

    private func stoppedMeanwhile() -> AMQPError { AMQPError(.closed, "the consumer was stopped") }

    private func lost(_ error: AMQPError) {
        if state == .connecting { channel?.abort(error) }
        guard state == .consuming else { return }
        state = .connecting
        generation += 1
        channel?.drop()
        channel = nil
        if !isDown { onAvailabilityChange(.down(error)) }
        isDown = true
        // Only a connection that stood for a while starts the delays anew: one that ends at once must not be made in a loop.
        if .now - connectedAt > .seconds(5) { delay.succeeded() }
        Task { await reconnect() }
    }

    private func reconnect() async {
        while state == .connecting {
            await configuration.loop.pause(for: delay.next())
            guard state == .connecting else { return }
            do throws(AMQPError) { return try await connect() } catch {}
        }
    }

    private func waitUntilIdle(_ grace: Duration) async {
        await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
            idleWaiters.append(waiter)
            guard running > 0 else { return endWaiting() }
            configuration.loop.schedule(after: grace) { [weak self] in self?.assumeIsolated { $0.endWaiting() } }
        }
    }

    private func endWaiting() {
        for waiter in idleWaiters { waiter.resume() }
        idleWaiters = []
    }
}
