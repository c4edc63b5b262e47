import AMQP
import Contracts
import Synchronization
import Tracing

/// The spans of one message: one from its receipt to its end, and below it one for each step of its life (`Step`). Thread-safe.
///
/// | span | kind | attributes |
/// | --- | --- | --- |
/// | `process repazoo.ingest` | consumer | `messaging.*` as OpenTelemetry names them, `repazoo.attempt`, `repazoo.outcome` |
/// | `decode`, `recognise`, `admit`, `work`, `commit` | internal | |
/// | `announce` | producer | |
///
/// Calls to the outside that the work makes are spans below it, too (`HTTPClientConfiguration.tracer`).
///
/// Its parent is the span that the message's `traceparent` names; what is published because of the message names this one. Of the
/// message only ids are told that name nobody: a publisher may write anything else into it.
final class JobTrace: Sendable {
    /// Of the message at hand; nil when nothing is traced.
    @TaskLocal static var current: JobTrace?

    private let tracer: any Tracer
    private let span: any Span
    private let lastStep: Mutex<DefaultTracerClock.Timestamp>

    init(_ delivery: Delivery, at consumer: ConsumerName, _ tracer: any Tracer) {
        let now = DefaultTracerClock.now
        self.tracer = tracer
        span = tracer.startSpan(
            "process \(consumer.queue)", context: TraceHeaders.parent(in: delivery.properties.headers, tracer),
            ofKind: .consumer, at: now)
        lastStep = Mutex(now)
        guard span.isRecording else { return }
        span.attributes["messaging.system"] = "rabbitmq"
        span.attributes["messaging.operation.name"] = "process"
        span.attributes["messaging.operation.type"] = "process"
        span.attributes["messaging.destination.name"] = consumer.queue.rawValue
        if let id = delivery.properties.messageID.flatMap({ MessageID($0) }) {
            span.attributes["messaging.message.id"] = id.rawValue
        }
        if case .integer(let attempt) = delivery.properties.headers[HeaderName.attempt] {
            span.attributes["repazoo.attempt"] = attempt
        }
    }

    /// Runs `body` within the trace: spans that it starts are children of this one.
    func around<T>(_ body: () async -> T) async -> T {
        await InstrumentationContext.$current.withValue(span.context) {
            await Self.$current.withValue(self) { await body() }
        }
    }

    /// The step is over that ends here.
    func reached(_ step: Step) {
        let now = DefaultTracerClock.now
        let start = lastStep.withLock { last in
            defer { last = now }
            return last
        }
        guard span.isRecording, let name = step.work else { return }
        tracer.startSpan(name, context: span.context, ofKind: step == .announced ? .producer : .internal, at: start)
            .end(at: now)
    }

    /// - Parameter end: Nil for a message that was given back to the broker.
    func end(_ end: MessageEnd?) {
        span.attributes["repazoo.outcome"] = end?.rawValue ?? "given_back"
        if [.dead, .invalid].contains(end) { span.setStatus(SpanStatus(code: .error)) }
        span.end()
    }

    /// What a message carries that is published because of this one.
    var headers: AMQPTable { TraceHeaders.within(span.context, tracer) }
}

extension Step {
    /// What was done before this step was reached; nil where it is nothing to speak of.
    fileprivate var work: String? {
        switch self {
        case .received, .settled: nil
        case .decoded: "decode"
        case .recognised: "recognise"
        case .admitted: "admit"
        case .worked: "work"
        case .committed: "commit"
        case .announced: "announce"
        }
    }
}
