extension BrokerChannel {
    enum Event {
        case delivery(Delivery)
        case returned(code: UInt16, exchange: String, routingKey: String, messageID: String?)
        case confirmed(tag: UInt64, multiple: Bool, isAck: Bool)
        /// The broker ended the consumer: its queue is gone or has a new leader.
        case consumerCancelled
        case blocked
        case unblocked
        /// Always the last event.
        case closed(AMQPError)
    }

    enum Answer: Sendable {
        case done
        case queue(name: String, messages: UInt32, consumers: UInt32)
        case count(UInt32)
        case message(Delivery?)
    }
}
