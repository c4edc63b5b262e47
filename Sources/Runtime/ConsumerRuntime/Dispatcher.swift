import AMQP
import Contracts
import FoundationEssentials

/// Puts messages on the broker for the runtime: follow-ups, delayed retries, dead letters. Returns when the broker has
/// confirmed; the caller acknowledges the original only then.
struct Dispatcher: Sendable {
    let consumer: ConsumerName
    let publisher: AMQPPublisher

    func announce(_ followUps: [FollowUp], of envelope: Envelope, at now: Date) async throws {
        for followUp in followUps {
            var properties = AMQPProperties()
            properties.messageID = followUp.messageID(cause: envelope.messageID).rawValue
            properties.type = followUp.type.rawValue
            properties.contentType = "application/json"
            properties.deliveryMode = 2
            properties.timestamp = UInt64(max(0, now.timeIntervalSince1970))
            properties.correlationID = envelope.correlationID
            properties.appID = consumer.program
            if let trace = JobTrace.current {
                properties.headers.merge(trace.headers) { $1 }
            } else if let trace = envelope.trace {
                properties.headers[HeaderName.traceparent] = .string(trace.traceparent)
                if let state = trace.tracestate { properties.headers[HeaderName.tracestate] = .string(state) }
            }
            try await publisher.publish(
                Publication(
                    exchange: followUp.exchange.rawValue, routingKey: followUp.routingKey.rawValue,
                    properties: properties,
                    body: followUp.body, isMandatory: followUp.isMandatory))
        }
    }

    /// Sends the message down the delay ladder, to come back to this consumer's queue.
    func delay(
        _ delivery: Delivery, until time: Date, attempt: Int, deadline: Date, history: AttemptHistory, now: Date
    ) async throws {
        let route = DelayLadder.route(until: time, now: now, destination: consumer.queue)
        var properties = withoutBrokerHeaders(delivery.properties)
        properties.headers[HeaderName.attempt] = .integer(Int64(attempt))
        properties.headers[HeaderName.deadline] = .string(RFC3339.text(deadline))
        properties.headers[HeaderName.history] = .string(history.text)
        try await sendOn(
            Publication(
                exchange: route.exchange.rawValue, routingKey: route.routingKey.rawValue, properties: properties,
                body: delivery.body))
    }

    /// Hands the message, body unchanged, to the dead-letter queue of this consumer.
    func bury(
        _ delivery: Delivery, _ reason: DeadLetterReason, code: String, history: AttemptHistory, at now: Date
    ) async throws {
        var properties = withoutBrokerHeaders(delivery.properties)
        properties.headers[HeaderName.reason] = .string(reason.rawValue)
        properties.headers[HeaderName.origin] = .string(consumer.queue.rawValue)
        properties.headers[HeaderName.history] = .string(history.text)
        properties.headers[HeaderName.code] = .string(code)
        properties.headers[HeaderName.diedAt] = .string(RFC3339.text(now))
        try await sendOn(
            Publication(
                exchange: ExchangeName.dead.rawValue, routingKey: consumer.queue.rawValue, properties: properties,
                body: delivery.body))
    }

    /// Headers that just fitted into a frame may not fit with ours added. Then those of strangers go: without them the message
    /// can be sent, and with them it would be held for ever.
    private func sendOn(_ message: Publication) async throws {
        do { try await publisher.publish(message) } catch let error as AMQPError where error.kind == .invalidMessage {
            var message = message
            message.properties.headers = message.properties.headers.filter { HeaderName.isOurs($0.key) }
            try await publisher.publish(message)
        }
    }

    /// With a received `x-death` the broker takes the second pass through the ladder for a cycle and keeps the message.
    ///
    /// What becomes of the message later belongs to the same trace, below this attempt.
    private func withoutBrokerHeaders(_ properties: AMQPProperties) -> AMQPProperties {
        var properties = properties
        properties.headers = properties.headers.filter { !HeaderName.isOwnedByBroker($0.key) }
        if let trace = JobTrace.current { properties.headers.merge(trace.headers) { $1 } }
        properties.deliveryMode = 2
        properties.expiration = nil
        return properties
    }
}
