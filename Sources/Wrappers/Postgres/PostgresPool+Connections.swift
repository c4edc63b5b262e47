import EventLoop

/// Since when the server has been out of reach.
struct Outage {
    let start: ContinuousClock.Instant
}

extension PostgresPool {
    // MARK: Handing out

    func acquire(_ demand: PoolState.Demand, _ location: SourceLocation) async throws -> PostgresConnection {
        guard !isClosed else { throw PostgresError(.closed, "the pool is closed", location: location) }
        try Task.checkCancellation()
        if waiters.isEmpty, let id = state.assign(demand, canOpenMore: reconnectDelay.failures == 0),
            let connection = connections[id]
        {
            grow()
            return connection
        }
        return try await wait(demand, location)
    }

    func release(_ connection: PostgresConnection, _ demand: PoolState.Demand) {
        state.release(connection.id, demand)
        serveWaiters()
        if isClosed, state.load == 0 { drained() }
    }

    private func wait(_ demand: PoolState.Demand, _ location: SourceLocation) async throws -> PostgresConnection {
        lastWaiterID += 1
        let id = lastWaiterID
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let timer = loop.schedule(after: configuration.acquireTimeout) { [weak self] in
                    self?.assumeIsolated { $0.giveUpWaiting(id, location) }
                }
                waiters.append(
                    WaiterQueue.Waiter(id: id, demand: demand, continuation: continuation, timer: timer))
                grow()
            }
        } onCancel: {
            Task { await self.cancelWaiting(id) }
        }
    }

    private func serveWaiters() {
        while let waiter = waiters.first,
            let id = state.assign(waiter.demand, canOpenMore: reconnectDelay.failures == 0),
            let connection = connections[id]
        {
            _ = waiters.remove(waiter.id)
            finish(waiter, .success(connection))
        }
        grow()
    }

    private func giveUpWaiting(_ id: UInt64, _ location: SourceLocation) {
        guard let waiter = waiters.remove(id) else { return }
        let reason =
            if state.isEmpty, let lastFailure {
                "no connection within \(configuration.acquireTimeout): \(lastFailure.message)"
            } else if state.isEmpty {
                "the server did not let us in within \(configuration.acquireTimeout)"
            } else {
                "all \(state.count) connections were busy for \(configuration.acquireTimeout)"
            }
        finish(waiter, .failure(PostgresError(.unavailable, reason, location: location)))
    }

    private func cancelWaiting(_ id: UInt64) {
        guard let waiter = waiters.remove(id) else { return }
        finish(waiter, .failure(CancellationError()))
    }

    func finish(_ waiter: WaiterQueue.Waiter, _ result: Result<PostgresConnection, any Error>) {
        loop.cancel(waiter.timer)
        waiter.continuation.resume(with: result)
    }

    // MARK: Opening

    /// Opens what there is work for. After a failure one at a time, and only when the pause is over.
    private func grow() {
        guard !isClosed, retryTimer == nil else { return }
        var missing = state.missing(waiting: waiters.count)
        if mustProbe, state.isEmpty, state.connecting == 0 { missing = max(1, missing) }
        if reconnectDelay.failures > 0 { missing = state.connecting > 0 ? 0 : min(1, missing) }
        for _ in 0..<missing {
            state.connectStarted()
            Task { await open() }
        }
    }

    private func open() async {
        lastConnectionID += 1
        let id = lastConnectionID
        do {
            let handle = try await Connector.connect(configuration)
            let connection = PostgresConnection(id: id, handle: handle, configuration: configuration, loop: loop) {
                [weak self] error in self?.assumeIsolated { $0.lost(id, error) }
            }
            try await connection.start()
            opened(connection)
        } catch {
            couldNotOpen(error as? PostgresError ?? PostgresError(.unavailable, "the session could not be set up"))
        }
    }

    private func opened(_ connection: PostgresConnection) {
        state.connected(connection.id)
        if isClosed {
            state.lost(connection.id)
            Task { await connection.close() }
            return
        }
        connections[connection.id] = connection
        reconnectDelay.succeeded()
        lastFailure = nil
        mustProbe = false
        endOutage()
        serveWaiters()
    }

    private func couldNotOpen(_ error: PostgresError) {
        state.connectFailed()
        guard !isClosed else { return }
        let delay = reconnectDelay.next()
        lastFailure = error
        if state.isEmpty {
            beginOutage(error)
            // Waiting does not mend a log-in or a URL.
            if [.authentication, .configuration].contains(error.kind) { failWaiters(error) }
        }
        if let retryTimer { loop.cancel(retryTimer) }
        retryTimer = loop.schedule(after: delay) { [weak self] in
            self?.assumeIsolated { pool in
                pool.retryTimer = nil
                pool.grow()
            }
        }
        serveWaiters()
    }

    private func lost(_ id: Int, _ error: PostgresError) {
        guard connections.removeValue(forKey: id) != nil else { return }
        state.lost(id)
        logger.info("postgres connection lost", metadata: ["error": "\(error)"])
        if isClosed, state.load == 0 { drained() }
        if state.isEmpty { mustProbe = true }
        grow()
    }

    // MARK: Outages

    private func beginOutage(_ error: PostgresError) {
        mustProbe = true
        guard outage == nil else { return }
        outage = Outage(start: .now)
        reachable.store(false, ordering: .relaxed)
        logger.warning("postgres unreachable", metadata: ["error": "\(error)"])
        onAvailabilityChange(.unreachable(error))
    }

    private func endOutage() {
        reachable.store(true, ordering: .relaxed)
        guard let ended = outage else { return }
        outage = nil
        let length = ended.start.duration(to: .now)
        logger.notice("postgres reachable again", metadata: ["outage": "\(length)"])
        onAvailabilityChange(.reachable(after: length))
    }

    private func failWaiters(_ error: PostgresError) {
        for waiter in waiters.removeAll() { finish(waiter, .failure(error)) }
    }
}
