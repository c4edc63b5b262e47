import CRabbitMQ
import EventLoop

// How a publisher comes by its connection, and what becomes of messages when it goes.
extension AMQPPublisher {
    /// Leaves nothing behind when it throws.
    func connect() async throws(AMQPError) {
        let socket = try await connector.open()
        if isClosed { throw AMQPError(.closed, "the publisher is closed") }
        let channel = BrokerChannel(socket: socket, configuration: configuration) { [weak self] event in
            self?.assumeIsolated { $0.handle(event) }
        }
        try await channel.ask(AMQP_CHANNEL_OPEN_METHOD, [AMQP_CHANNEL_OPEN_OK_METHOD]) { _ in amqp_channel_open_t() }
        try await channel.ask(AMQP_CONFIRM_SELECT_METHOD, [AMQP_CONFIRM_SELECT_OK_METHOD]) { _ in
            amqp_confirm_select_t()
        }
        guard !isClosed else {
            channel.drop()
            throw AMQPError(.closed, "the publisher is closed")
        }
        // The answer was good, but the connection may have ended before this task had its turn.
        guard channel.isOpen else { throw AMQPError(.connectionLost, "the connection ended at once") }
        self.channel = channel
        connectedAt = .now
        isReady = true
        isBlocked = false
        outage = nil
        onAvailabilityChange(.up)
        requestFlush()
    }

    /// While connecting, `connect` itself meets the end of the channel; after a nack, the renewal does.
    func lost(_ error: AMQPError) {
        guard isReady else { return }
        isReady = false
        isBlocked = false
        channel = nil
        findCulprit(error)
        takeBackUnconfirmed()
        report(error)
        // Only a connection that stood for a while starts the delays anew: one that ends at once must not be made in a loop.
        if .now - connectedAt > .seconds(5) { delay.succeeded() }
        reconnect(after: delay.next())
    }

    /// The broker closes the channel over a publication to an exchange that is missing or forbidden. Alone in the window it
    /// gets the error; among others, all of them are sent again one by one.
    private func findCulprit(_ error: AMQPError) {
        guard !error.isRetryable, unconfirmed.count > 0 else { return }
        if unconfirmed.count > 1 {
            suspects = unconfirmed.count
        } else {
            suspects = max(0, suspects - 1)
            for entry in unconfirmed.reset() { entry.finish(.failure(error)) }
        }
        delay.succeeded()
    }

    func report(_ error: AMQPError) {
        if outage == nil { onAvailabilityChange(.down(error)) }
        outage = error
    }

    func reconnect(after pause: Duration) {
        Task {
            await configuration.loop.pause(for: pause)
            while !isClosed {
                do throws(AMQPError) { return try await connect() } catch {
                    if !isClosed { report(error) }
                    await configuration.loop.pause(for: delay.next())
                }
            }
        }
    }
}
