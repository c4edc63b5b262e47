import EventLoop

/// The owner of the one connection: an actor on the event loop, with a single `HiredisContext` at a time.
///
/// 1. A command waits until there is a connection, for a limited time.
/// 2. It is appended to the output buffer; all that one turn of the loop appended is sent together before the loop sleeps.
/// 3. Replies come in the order of the commands and are handed out in that order.
/// 4. A time-out, a broken socket or bytes that are not RESP end the connection; all that was in flight fails, and a new
///    connection is made at once, then after growing pauses.
actor RedisConnection: EventSource {
    typealias Answer = Result<[RedisValue], RedisError>
    private typealias Waiter = UnsafeContinuation<Answer, Never>

    private enum State {
        case idle
        case connecting(Task<Void, Never>)
        case open(HiredisContext, WatchToken)
        case closed
    }

    private let configuration: RedisConfiguration
    private let loop: EventLoop
    private let outage: OutageReporter

    private var state = State.idle
    private var inFlight = InFlight<Waiter>()
    private var admissions = Admissions()
    private var deadlineTimer: TimerToken?
    private var flushIsDue = false
    private var awaitsWritable = false

    init(configuration: RedisConfiguration, loop: EventLoop, outage: OutageReporter) {
        self.configuration = configuration
        self.loop = loop
        self.outage = outage
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    // MARK: Commands

    /// `commands` is not empty.
    func execute(_ commands: [RedisCommand]) async -> Answer {
        let name = commands[0].name
        if let refused = commands.first(where: \.isUnsupported) {
            return .failure(RedisError(.unsupported, during: refused.name))
        }
        if let error = await connected(for: name) { return .failure(error) }
        let abandonment = Abandonment(self)
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { waiter in
                if let call = submit(commands, name, waiter) { abandonment.began(call) }
            }
        } onCancel: {
            abandonment.cancel()
        }
    }

    /// Puts the commands into the output buffer and their caller into the line of those waiting, with no `await` between:
    /// at each `await` another job may run, and a reply would meet the wrong caller. Nil if the caller has its answer.
    private func submit(_ commands: [RedisCommand], _ name: String, _ waiter: Waiter) -> UInt64? {
        func refuse(_ kind: RedisError.Kind) -> UInt64? {
            waiter.resume(returning: .failure(RedisError(kind, during: name)))
            return nil
        }
        if Task.isCancelled { return refuse(.cancelled) }
        guard case .open(let context, _) = state else { return refuse(.unavailable) }
        guard inFlight.commands + commands.count <= configuration.maximumInFlight else { return refuse(.overloaded) }
        do throws(HiredisContext.Failure) {
            for command in commands { try context.append(command) }
        } catch {
            // Half a pipeline may be in the buffer: nothing of it has been sent, and nothing may be.
            drop(because: .connectionLost)
            return refuse(.unavailable)
        }
        scheduleFlush()
        let deadline = EventLoop.Instant.now.advanced(by: configuration.commandTimeout)
        defer { armDeadline() }
        return inFlight.append(name: name, expected: commands.count, deadline: deadline, waiter)
    }

    /// The caller left. Its replies are dropped when they come; the connection goes on.
    func abandon(_ id: UInt64) {
        inFlight.abandon(id)?.resume(returning: .failure(RedisError(.cancelled, during: "waiting for a reply")))
    }

    /// Nil as soon as there is a connection; otherwise why there is none.
    func connected(for name: String) async -> RedisError? {
        if case .open = state { return nil }
        let id = admissions.nextID()
        var timer: TimerToken?
        defer { if let timer { loop.cancel(timer) } }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { waiter in timer = waitForConnection(id, name, waiter) }
        } onCancel: {
            Task { await self.leave(id, name) }
        }
    }

    /// Decides at the moment of waiting: before it, at the `await`, the connection may have come or gone.
    private func waitForConnection(_ id: UInt64, _ name: String, _ waiter: Admissions.Waiter) -> TimerToken? {
        func answer(_ kind: RedisError.Kind?) -> TimerToken? {
            waiter.resume(returning: kind.map { RedisError($0, during: name) })
            return nil
        }
        switch state {
        case .open: return answer(nil)
        case .closed: return answer(.closed)
        case .idle: connect()
        case .connecting: break
        }
        if Task.isCancelled { return answer(.cancelled) }
        guard admissions.count < configuration.maximumInFlight else { return answer(.overloaded) }
        admissions.add(id, waiter)
        return loop.schedule(after: configuration.availabilityTimeout) { [weak self] in
            self?.assumeIsolated { $0.admissions.fail(id, RedisError(.unavailable, during: name)) }
        }
    }

    private func leave(_ id: UInt64, _ name: String) {
        admissions.fail(id, RedisError(.cancelled, during: name))
    }

    // MARK: Connecting

    private func connect() {
        state = .connecting(Task { await connectUntilOpen() })
    }

    private func connectUntilOpen() async {
        var delay = ReconnectDelay(first: .milliseconds(50), longest: .seconds(2))
        while !Task.isCancelled {
            switch await RedisConnector.connect(configuration) {
            case .success(let context):
                adopt(context)
                return
            case .failure(let error):
                guard case .connecting = state else { return }
                outage.began(error)
                // A refusal does not pass by waiting, so whoever waits is told at once.
                if error.kind == .refused { admissions.failAll(error) }
            }
            try? await Task.sleep(for: delay.next())
        }
    }

    private func adopt(_ context: HiredisContext) {
        guard case .connecting = state else { return }
        let token = loop.watch(context.descriptor, for: .readable, source: self)
        state = .open(context, token)
        awaitsWritable = false
        outage.ended()
        admissions.admitAll()
    }

    /// Ends the connection and fails everything in flight; the next connection is begun.
    private func drop(because kind: RedisError.Kind) {
        guard case .open(_, let token) = state else { return }
        loop.unwatch(token)
        connect()
        outage.began(RedisError(kind, during: "a command"))
        failInFlight(kind)
    }

    private func failInFlight(_ kind: RedisError.Kind) {
        for call in inFlight.removeAll() {
            call.waiter?.resume(returning: .failure(RedisError(kind, during: call.name)))
        }
    }

    func close() {
        switch state {
        case .open(_, let token): loop.unwatch(token)
        case .connecting(let task): task.cancel()
        case .idle, .closed: break
        }
        state = .closed
        failInFlight(.closed)
        admissions.failAll(RedisError(.closed, during: "waiting for a connection"))
    }

    // MARK: The socket

    nonisolated func ready(_ readiness: Readiness) { assumeIsolated { $0.serve(readiness) } }
    nonisolated func flush() { assumeIsolated { $0.send() } }

    private func serve(_ readiness: Readiness) {
        if readiness.contains(.writable), awaitsWritable { send() }
        guard readiness.contains(.readable), case .open(let context, _) = state else { return }
        do throws(HiredisContext.Failure) {
            try context.read()
            while let reply = try context.nextReply() {
                let (finished, isExpected) = inFlight.receive(reply)
                guard isExpected else { return drop(because: .protocolViolation) }
                finished?.waiter?.resume(returning: .success(finished?.replies ?? []))
            }
        } catch {
            drop(because: error == .protocolViolation ? .protocolViolation : .connectionLost)
        }
    }

    private func scheduleFlush() {
        guard !flushIsDue, !awaitsWritable else { return }
        flushIsDue = true
        loop.flushBeforeSleep(self)
    }

    private func send() {
        flushIsDue = false
        guard case .open(let context, let token) = state else { return }
        do throws(HiredisContext.Failure) {
            let isDone = try context.write()
            guard isDone == awaitsWritable else { return }
            awaitsWritable = !isDone
            loop.change(token, to: isDone ? .readable : [.readable, .writable])
        } catch {
            drop(because: .connectionLost)
        }
    }

    // MARK: Time-outs

    /// One timer serves all: deadlines come in the order of the calls.
    private func armDeadline() {
        guard deadlineTimer == nil, let deadline = inFlight.nextDeadline else { return }
        deadlineTimer = loop.schedule(after: EventLoop.Instant.now.duration(to: deadline)) { [weak self] in
            self?.assumeIsolated { $0.checkDeadline() }
        }
    }

    private func checkDeadline() {
        deadlineTimer = nil
        if let deadline = inFlight.nextDeadline, deadline <= .now { drop(because: .timedOut) }
        armDeadline()
    }
}
