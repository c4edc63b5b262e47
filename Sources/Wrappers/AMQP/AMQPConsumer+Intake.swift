import CRabbitMQ

// How a consumer tells the broker what it takes.
extension AMQPConsumer {
    /// Sent at once and not waited for, so that changes keep their order. A refusal closes the channel.
    func send(_ change: IntakeControl.Change, on channel: BrokerChannel) {
        switch change {
        case .cancel(let tag):
            channel.request(AMQP_BASIC_CANCEL_METHOD, [AMQP_BASIC_CANCEL_OK_METHOD]) { channel in
                amqp_basic_cancel_t(consumer_tag: channel.pool.bytes(tag), nowait: 0)
            } then: { _ in
            }
        case .subscribe(let tag, let intake):
            channel.request(AMQP_BASIC_QOS_METHOD, [AMQP_BASIC_QOS_OK_METHOD]) { _ in
                quality(intake)
            } then: { _ in
            }
            channel.request(AMQP_BASIC_CONSUME_METHOD, [AMQP_BASIC_CONSUME_OK_METHOD]) { channel in
                subscription(tag, channel)
            } then: { [weak self] answer in
                // Only the live channel can be answered: one that is dropped answers its requests with its error.
                guard case .success = answer else { return }
                self?.assumeIsolated {
                    $0.intake.subscribed()
                    $0.applyIntake()
                }
            }
        }
    }

    /// The same, and waits for the broker's answer.
    func carryOut(_ change: IntakeControl.Change, on channel: BrokerChannel) async throws(AMQPError) {
        guard case .subscribe(let tag, let intake) = change else { return send(change, on: channel) }
        try await channel.ask(AMQP_BASIC_QOS_METHOD, [AMQP_BASIC_QOS_OK_METHOD]) { _ in quality(intake) }
        try await channel.ask(AMQP_BASIC_CONSUME_METHOD, [AMQP_BASIC_CONSUME_OK_METHOD]) { subscription(tag, $0) }
    }

    /// Holds for the subscriptions that come after it, each by itself: quorum queues know no other.
    private func quality(_ intake: Intake) -> amqp_basic_qos_t {
        amqp_basic_qos_t(prefetch_size: 0, prefetch_count: intake == .one ? 1 : UInt16(prefetch), global: 0)
    }

    private func subscription(_ tag: String, _ channel: BrokerChannel) -> amqp_basic_consume_t {
        var method = amqp_basic_consume_t()
        method.queue = channel.pool.bytes(queue)
        method.consumer_tag = channel.pool.bytes(tag)
        return method
    }
}
