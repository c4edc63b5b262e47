import AMQP
import ConsumerRuntime
import Contracts
import Tracing

/// The span of a tick's publication, with which a trace begins: whoever works the tick joins it by the message's headers.
///
/// | span | kind | attributes |
/// | --- | --- | --- |
/// | `publish repazoo.ticks` | producer | `messaging.*` as OpenTelemetry names them, `repazoo.schedule` |
struct TickTrace: Sendable {
    private let tracer: any Tracer
    private let span: any Span

    /// Nil when nothing is traced.
    init?(_ slot: Slot, _ tracer: (any Tracer)?) {
        guard let tracer else { return nil }
        self.tracer = tracer
        span = tracer.startSpan("publish \(ExchangeName.ticks)", context: .topLevel, ofKind: .producer)
        guard span.isRecording else { return }
        span.attributes["messaging.system"] = "rabbitmq"
        span.attributes["messaging.operation.name"] = "publish"
        span.attributes["messaging.operation.type"] = "send"
        span.attributes["messaging.destination.name"] = ExchangeName.ticks.rawValue
        span.attributes["messaging.rabbitmq.destination.routing_key"] = slot.routingKey.rawValue
        span.attributes["messaging.message.id"] = slot.tick.messageID.rawValue
        span.attributes["repazoo.schedule"] = slot.schedule
    }

    /// What the tick's message carries.
    var headers: AMQPTable { TraceHeaders.within(span.context, tracer) }

    func end() { span.end() }

    func fail(_ error: any Error) {
        span.recordError(error)
        span.end()
    }
}
