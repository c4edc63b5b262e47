import CRabbitMQ
import EventLoop

/// Publishes with confirms, over a connection of its own that it restores by itself.
///
/// `publish` returns when the broker has taken the message in for good. Any number of tasks may publish at once; at most
/// `window` messages are unconfirmed. A message whose fate is unknown when the connection breaks is sent again: it may then
/// arrive twice, which receivers must bear (every message here carries an id for that). Order is kept only among messages
/// whose predecessor was awaited.
public actor AMQPPublisher {
    public enum Availability: Sendable {
        case up
        case down(AMQPError)
        /// Memory or disk alarm: the broker takes nothing until it is over.
        case blocked
    }

    typealias Pending = PendingPublication

    /// The broker's channel process nacks everything for a while when its first message met a leader election; a fresh channel
    /// after this pause does not.
    static let pauseAfterNack = Duration.milliseconds(500)

    let configuration: AMQPConfiguration
    public nonisolated var unownedExecutor: UnownedSerialExecutor { configuration.loop.asUnownedSerialExecutor() }
    let window: Int
    let onAvailabilityChange: @Sendable (Availability) -> Void
    let connector: Connector
    var delay = ReconnectDelay()
    var channel: BrokerChannel?
    var unconfirmed = ConfirmWindow<Pending>()
    var waiting: [Pending] = []
    var isReady = false
    var isBlocked = false
    var isClosed = false
    var hasStarted = false
    var connectedAt = EventLoop.Instant.now
    /// So many messages at the head of `waiting` and in the window are sent one by one: one of them made the broker close the
    /// channel, which does not tell which.
    var suspects = 0
    var flushIsDue = false
    /// Why there is no connection; reported once per outage.
    var outage: AMQPError?
    var sweep: TimerToken?
    lazy var flusher = Flusher { [weak self] in self?.assumeIsolated { $0.send() } }

    public init(
        _ configuration: AMQPConfiguration, window: Int = 1000,
        onAvailabilityChange: @escaping @Sendable (Availability) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.window = max(1, window)
        self.onAvailabilityChange = onAvailabilityChange
        connector = Connector(configuration: configuration)
    }

    /// Connects and returns when the first connection stands; throws what the last attempt said when `patience` is over, and
    /// `closed` when closed meanwhile or started before. After a failure it may be called again.
    public func start(patience: Duration) async throws {
        let deadline = EventLoop.Instant.now.advanced(by: patience)
        guard !hasStarted, !isClosed else { throw AMQPError(.closed, "the publisher was started before, or closed") }
        hasStarted = true
        while true {
            do throws(AMQPError) { return try await connect() } catch {
                guard error.isRetryable, .now < deadline, !isClosed, !Task.isCancelled else {
                    hasStarted = false
                    throw error
                }
                await configuration.loop.pause(for: delay.next())
            }
        }
    }

    /// Returns once the broker has confirmed the message.
    ///
    /// Throws `invalidMessage` for what AMQP cannot carry, `unroutable` for a mandatory message that no queue wanted, the broker's
    /// reply code for one that it closes the channel over (404: no such exchange, 403: no permission), `nacked`, `blocked` or
    /// the connection's error when `patience` ends first, `CancellationError` when the task is cancelled: the message may have
    /// been sent in these last cases.
    public func publish(_ message: Publication, patience: Duration = .seconds(30)) async throws {
        try message.validate()
        let pending = PendingPublication.Box()
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let entry = Pending(message, deadline: .now.advanced(by: patience), continuation)
                pending.entry = entry
                // Asked here and not at the top: a call may suspend on its way to this closure, even on the same actor.
                if isClosed { return entry.finish(.failure(AMQPError(.closed, "the publisher is closed"))) }
                if Task.isCancelled { return abandon(pending) }
                waiting.append(entry)
                requestFlush()
                armSweep()
            }
        } onCancel: {
            Task { await self.abandon(pending) }
        }
    }

    /// Gives everything unconfirmed its error and says goodbye to the broker.
    public func close() async {
        isClosed = true
        isReady = false
        for entry in unconfirmed.reset() + waiting {
            entry.finish(.failure(AMQPError(.closed, "the publisher is closed")))
        }
        waiting = []
        guard let channel else { return }
        self.channel = nil
        await withUnsafeContinuation { continuation in channel.close { continuation.resume() } }
    }

    // MARK: Sending

    func requestFlush() {
        guard !flushIsDue else { return }
        flushIsDue = true
        configuration.loop.flushBeforeSleep(flusher)
    }

    /// Sends what fits: into the window of unconfirmed messages, and into the socket without waiting for the peer.
    private func send() {
        flushIsDue = false
        let limit = suspects > 0 ? 1 : window
        guard let channel, isReady, !isBlocked, !waiting.isEmpty, unconfirmed.count < limit else { return }
        var room = channel.room
        var taken = 0
        var batch: [Pending] = []
        for entry in waiting {
            if entry.continuation != nil {
                let size = entry.message.body.count + 512
                // A message larger than the whole buffer goes alone, or it would never go.
                let fits = size <= room || (batch.isEmpty && room >= channel.socket.sendBuffer * 3 / 4)
                guard fits, unconfirmed.count + batch.count < limit else { break }
                room -= size
                batch.append(entry)
            } else if suspects > 0 {
                suspects -= 1
            }
            taken += 1
        }
        // All of them are in the window before the first is written: a connection that breaks meanwhile puts the window back.
        waiting.removeFirst(taken)
        for entry in batch { unconfirmed.add(entry) }
        for entry in batch { channel.publish(entry.message) }
        channel.takeInWhatWasRead()
        if channel.isOpen, !waiting.isEmpty, unconfirmed.count < limit { sendWhenSocketDrains() }
    }

    private func sendWhenSocketDrains() {
        configuration.loop.schedule(after: .milliseconds(1)) { [weak self] in self?.assumeIsolated { $0.requestFlush() }
        }
    }

    private func abandon(_ box: PendingPublication.Box) {
        box.entry?.continuation?.resume(throwing: CancellationError())
        box.entry?.continuation = nil
    }

    // MARK: What the broker says

    func handle(_ event: BrokerChannel.Event) {
        switch event {
        case .confirmed(let tag, let multiple, let isAck): confirm(tag, multiple, isAck)
        case .returned(let code, let exchange, let key, let id): markReturned(code, exchange, key, id)
        case .blocked:
            isBlocked = true
            onAvailabilityChange(.blocked)
        case .unblocked:
            isBlocked = false
            onAvailabilityChange(.up)
            requestFlush()
        case .closed(let error): lost(error)
        case .delivery, .consumerCancelled: break
        }
    }

    private func confirm(_ tag: UInt64, _ multiple: Bool, _ isAck: Bool) {
        let settled = unconfirmed.settle(tag, multiple: multiple)
        if isAck { suspects = max(0, suspects - settled.count) }
        for entry in settled {
            if !isAck {
                entry.wasNacked = true
                entry.returnCode = nil
                waiting.append(entry)
            } else if let code = entry.returnCode {
                entry.finish(.failure(AMQPError(.unroutable, "no queue is bound for the message (AMQP code \(code))")))
            } else {
                entry.finish(.success(()))
            }
        }
        if isAck { requestFlush() } else { renewAfterNack() }
    }

    /// The return names no sequence number: the oldest unconfirmed message of the same id and route is meant.
    private func markReturned(_ code: UInt16, _ exchange: String, _ key: String, _ id: String?) {
        let match = unconfirmed.oldest {
            $0.returnCode == nil && $0.message.isMandatory && $0.message.properties.messageID == id
                && $0.message.exchange == exchange && $0.message.routingKey == key
        }
        match?.entry.returnCode = code
    }

    /// Sends nothing more on this channel. What is under way has until the pause is over to be confirmed, or it would arrive
    /// twice at queues that are well.
    private func renewAfterNack() {
        guard isReady else { return }
        isReady = false
        configuration.loop.schedule(after: Self.pauseAfterNack) { [weak self] in
            self?.assumeIsolated {
                guard !$0.isClosed else { return }
                $0.channel?.drop()
                $0.channel = nil
                $0.takeBackUnconfirmed()
                $0.reconnect(after: .zero)
            }
        }
    }

    func takeBackUnconfirmed() {
        let entries = unconfirmed.reset()
        for entry in entries { entry.returnCode = nil }
        waiting = entries + waiting
    }

    // MARK: Patience

    /// Looks for expired messages twice a second while any is under way: one timer instead of one each.
    private func armSweep() {
        guard sweep == nil else { return }
        sweep = configuration.loop.schedule(after: .milliseconds(500)) { [weak self] in
            self?.assumeIsolated { $0.expire() }
        }
    }

    private func expire() {
        sweep = nil
        let now = EventLoop.Instant.now
        waiting.removeAll { entry in
            guard entry.deadline <= now else { return false }
            entry.finish(.failure(patienceEnded(for: entry)))
            return true
        }
        unconfirmed.forEach { entry in
            if entry.deadline <= now { entry.finish(.failure(patienceEnded(for: entry))) }
        }
        if !waiting.isEmpty || unconfirmed.count > 0 { armSweep() }
    }

    private func patienceEnded(for entry: Pending) -> AMQPError {
        if entry.wasNacked {
            return AMQPError(.nacked, "the broker could not take the message: full queue, or no leader")
        }
        if isBlocked { return AMQPError(.blocked, "the broker is blocked: memory or disk alarm") }
        if let outage { return outage }
        if !isReady { return AMQPError(.unreachable, "no broker node takes a connection") }
        return AMQPError(.nacked, "the broker did not confirm in time")
    }
}
